"""Which partners' systems listen, as partners last announced it."""
