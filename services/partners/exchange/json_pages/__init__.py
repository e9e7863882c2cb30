"""The pages of an API of HSDS: what each lists, and whether further ones exist."""
