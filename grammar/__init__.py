"""The grammar of a rule file's statements, and the parse tables made from it."""
