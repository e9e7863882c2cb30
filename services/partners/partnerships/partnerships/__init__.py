"""A partnership: partners around one agenda."""
