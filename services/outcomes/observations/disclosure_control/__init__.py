"""Disclosure control: the figures of a table of small groups that may leave."""
