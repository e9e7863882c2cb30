"""Closing a partner, and all that ends with it."""
