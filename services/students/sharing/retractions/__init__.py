"""Retractions: the parts that a partner is to delete, and its receipt."""
