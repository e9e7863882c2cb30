"""A OneRoster package: the zip and its manifest."""
