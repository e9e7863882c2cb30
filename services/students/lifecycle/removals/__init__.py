"""The removal of a child's rows from the tables of students, by class of data."""
