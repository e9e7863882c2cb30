"""The names of a person as a register writes them."""
