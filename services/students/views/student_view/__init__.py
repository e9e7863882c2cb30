"""All that this service releases of one child to one viewer, in one answer."""
