"""Courses, classes and their teachers."""
