"""Standards frameworks, their items and how they hang together."""
