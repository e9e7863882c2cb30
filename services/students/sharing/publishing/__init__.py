"""The messages to one partner about one child, and the retraction of earlier ones."""
