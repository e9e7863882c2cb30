"""The beginning and the end of agreements by the clock, written down and announced."""
