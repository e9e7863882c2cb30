"""Search of the shared library."""
