"""What a partner's stream is on the broker, and what a client is told of it."""
