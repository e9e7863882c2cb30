"""A child's whole record, for the family to take along."""
