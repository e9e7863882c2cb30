"""The account of a partner's stream on the broker, and the credentials for its client."""
