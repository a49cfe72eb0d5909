"""What a program can answer over a span of time, if nothing happens in it.

Where the reference gives one answer at one moment, a span has all that may be given at any of its
moments: never fewer, and of a single moment just that one. What has one answer over a whole span
does not change in it, however many windows move and points fade meanwhile. So whoever looks for a
change halves the spans in which one may be, and skips all others whole.
"""
