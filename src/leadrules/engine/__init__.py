"""Engines: what a checked program says about a lead. `program` is what they share, `interpreter` the meaning."""
