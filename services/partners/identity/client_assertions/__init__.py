"""The short JWT by which a partner's system proves its identity (RFC 7523, 2.2 and 3)."""
