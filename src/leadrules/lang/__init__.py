"""The language: from the text of a rule file to its tree, and from the tree to a checked program."""
