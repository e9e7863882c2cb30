"""Knows who acts for whom: people by memberships, partners' systems by clients.

It owns accounts with their names, memberships, invitations, the link for the first operator, clients
with their keys, and the assertions that were used. It promises that a role comes from a membership
and never from a token, that only a district ties a person to a child, that an invitation and an
assertion count once, and that a key that has ended is never taken again. Begin with
`memberships/rules.py` for who may grant what, then `client_assertions/rules.py`.
"""
