"""Formats of others, read and written strictly, and texts; nothing here imports anything of ours.

JWTs (RFC 8725) before anything of them is believed, keys and credentials of NATS, and the errors
of a damaged zip. It promises that a text that is not exactly in its format is refused, and it
judges the form alone: the caller judges the content. Begin with `jwts.py`;
`texts.py` says how every text is kept and found.
"""
