"""The gateway's own addresses: the start page, discovery and the token endpoint.

It promises that a client finds out by itself who signs people in (RFC 9728, RFC 8414), that a
partner's system gets its access token for a signed assertion (RFC 7523), and that a page fetches
nothing from elsewhere. Begin with `discovery.py`, then `token_endpoint.py`.
"""
