"""Disclosure control: what may be said of a table of small groups."""
