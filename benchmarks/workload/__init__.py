"""What is scored: made-up leads, rules as plain data, and the two forms in which the rules are run."""
