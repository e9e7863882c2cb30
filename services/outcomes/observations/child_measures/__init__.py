"""Measures of one child, and the indicators derived from all of them."""
