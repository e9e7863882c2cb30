"""The search of the shared library."""
