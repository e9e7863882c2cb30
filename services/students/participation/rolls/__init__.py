"""The rolls of schools and classes: called, and read."""
