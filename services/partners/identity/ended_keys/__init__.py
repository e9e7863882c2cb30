"""The public keys that have ended, of clients and of streams: none is ever taken again."""
