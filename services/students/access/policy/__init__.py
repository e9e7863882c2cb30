"""Who may see what of a child."""
