"""A site: a place where partners work."""
