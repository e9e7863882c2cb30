"""The disclosure log: who got what of which child, and why; who was refused."""
