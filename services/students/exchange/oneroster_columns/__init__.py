"""The rules of single cells of a OneRoster file."""
