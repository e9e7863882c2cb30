"""CASE packages that come in by file."""
