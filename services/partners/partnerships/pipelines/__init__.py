"""A pipeline: programs in the order in which a child grows through them."""
