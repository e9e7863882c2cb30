"""Partners, as far as their events tell."""
