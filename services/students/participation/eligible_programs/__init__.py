"""Programs that a child could join."""
