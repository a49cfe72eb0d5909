"""From a tree to a checked program: every name finds its meaning, every mistake is reported."""
