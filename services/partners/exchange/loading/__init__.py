"""A file of a directory on its way in."""
