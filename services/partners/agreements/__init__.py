"""Brings agreements about, from a draft over signatures to their end.

It owns agreements, every version of their terms, signatures and the destructions that follow. It
promises that no agreement is in force with a missing signature, that a signature counts for the
exact words that were read, and that the clock ends an agreement by itself. Begin with
`terms/rules.py` for what the law asks of the terms, and `agreements/rules.py` for the steps that
an agreement may take.
"""
