"""A made-up archive of any size, to try and measure the program on: it abides by every rule, and nobody in it exists."""
