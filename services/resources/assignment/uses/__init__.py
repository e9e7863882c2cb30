"""The use of a resource, counted."""
