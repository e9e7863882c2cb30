"""The cells of a file: what one may hold, by its column."""
