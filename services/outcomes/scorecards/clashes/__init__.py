"""Clashes: figures that would give a group away beside a table published before."""
