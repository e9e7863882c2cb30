"""Courses, classes and who teaches them."""
