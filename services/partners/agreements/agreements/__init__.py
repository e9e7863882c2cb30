"""An agreement: the data about children that its recipients may have, once all have signed."""
