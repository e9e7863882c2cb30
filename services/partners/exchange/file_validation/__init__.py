"""Whether a value of a file is what its field may hold."""
