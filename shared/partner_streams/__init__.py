"""The accounts of partners' systems on the broker.

It promises that a partner's system reaches its own messages and nothing else, and that the
broker's accounts follow the database, also when the broker lost its directory. Begin with
`accounts.py`, which says what an account may do, then `keeper.py`, which keeps the broker as the
database has it.
"""
