"""The texts of an uploaded file."""
