"""How a partner's system proves who it is: by a short JWT that it signs (RFC 7523, 2.2 and 3)."""
