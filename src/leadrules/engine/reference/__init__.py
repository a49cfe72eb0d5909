"""The meaning of a program, as plainly as it can be written: what every other engine must be equal to."""
