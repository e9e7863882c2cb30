"""Heads of the disclosure log: what is published of it each day, for others to keep."""
