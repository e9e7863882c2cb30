"""Turns an access token into a caller with a membership.

It promises that a token of another issuer, audience or time is refused before anybody is asked,
that a role comes from partners and never from the token, and that an ended membership has no
effect after a second. Begin with `access_tokens.py`, then `callers.py`; `own_tokens.py` issues
the tokens of partners' systems.
"""
