"""The simulator: what an organization's people would see of a child, and what it would take."""
