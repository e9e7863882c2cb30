"""Plain schema.org: the looser way to write a learning resource."""
