"""The check of all rows of a file, by chunks of columns."""
