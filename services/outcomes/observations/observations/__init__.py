"""Observations: kept with every correction, shown after disclosure control."""
