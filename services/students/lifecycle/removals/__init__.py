"""What belongs to a child in the tables of students, and leaves them with it."""
