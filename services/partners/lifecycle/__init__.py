"""Ends what partners holds of a partner that closes, and of a child that is erased.

It owns no table. It promises that everything a closing partner has ends in one transaction, and
that nobody signs in as an erased child any more, nor as a contact of no other child. Begin with
`closures/actions.py`, then `erasures/reactions.py`.
"""
