"""Enrollments: the class, the time and the role of a person in it."""
