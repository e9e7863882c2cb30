"""The import of a file of observations."""
