"""Exposures: figures that an edition keeps or withholds for what was published before."""
