"""A partner's stream: the account on the broker through which its own system listens."""
