"""Days of school attendance, and each child's totals per school year."""
