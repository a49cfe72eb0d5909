"""What is told of each diagnostic code, beyond its message: a page with a file that causes it, and its cure."""
