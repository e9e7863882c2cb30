"""The import of standards as CASE packages."""
