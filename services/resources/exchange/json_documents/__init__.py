"""JSON files as they come in."""
