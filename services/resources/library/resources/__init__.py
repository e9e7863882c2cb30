"""A learning resource: its description, its partner, and whether it is shared."""
