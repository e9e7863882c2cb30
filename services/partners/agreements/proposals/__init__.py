"""Terms on the table: a draft, or an amendment, that waits for signatures."""
