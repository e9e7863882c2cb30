"""Who calls, what the role may ask for, and the short tokens that say so between processes.

It promises that a token that is not exactly ours, for this service and this moment, is refused,
and that each permission belongs to the roles of one table. Begin with `permissions.py`, the
table, then `principal.py` for the caller and `grants.py` for the word of students on one child;
`tokens.py` verifies them all.
"""
