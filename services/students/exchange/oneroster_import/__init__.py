"""The import of a OneRoster package: all of it or nothing."""
