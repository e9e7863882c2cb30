"""What the gateway shows of children, put together in one question."""
