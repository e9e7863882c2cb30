"""Agreements: who may have what of which children. Nothing flows without one in force."""
