"""A family's consents, refusals and withdrawals."""
