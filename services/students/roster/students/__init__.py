"""A child, its identifiers and demographics."""
