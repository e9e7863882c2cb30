"""The columns of the files of a OneRoster package."""
