"""Amendments of a child's record: request, decision, hearing, and the family's statement."""
