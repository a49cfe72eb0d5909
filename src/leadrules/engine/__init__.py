"""Engines: what a checked program says about a lead. `reference` is the meaning, and the others are equal to it."""
