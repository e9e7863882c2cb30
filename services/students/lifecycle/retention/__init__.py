"""How long after a child has left each class of its data is kept."""
