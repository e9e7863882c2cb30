"""Terms for the common cases, ready to be filled in."""
