"""A person as an issuer names them, with the name by which others know them."""
