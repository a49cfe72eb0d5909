"""What rules do to leads, and what examples say about rules."""
