"""The way of a request, the same for every route: entrance, transaction, answer.

It promises that an answer leaves after its transaction has committed, that each error is a
problem document (RFC 9457), that a POST with a key is carried out once, that a change names its
version, and that every list goes on by limit and cursor. Begin with `route.py`, then `answers.py`
and `paging.py`.
"""
