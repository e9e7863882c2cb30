"""A zip of tables."""
