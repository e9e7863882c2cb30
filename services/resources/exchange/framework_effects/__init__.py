"""The effect of a package on the items of its framework."""
