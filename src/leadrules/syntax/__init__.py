"""Text of a rule file to a tree, and back: nothing here knows what a name means."""
