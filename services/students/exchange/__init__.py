"""Rosters and registers in and out, by the standards."""
