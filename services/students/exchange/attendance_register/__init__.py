"""A school's daily attendance, imported from a file: CSV, one line a student and day."""
