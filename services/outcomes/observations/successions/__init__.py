"""Successive tables of the same places: what follows for a group from several changes of the total."""
