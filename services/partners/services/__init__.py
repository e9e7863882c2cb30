"""HSDS services become programs."""
