"""The people in the places of one table and not in those of another."""
