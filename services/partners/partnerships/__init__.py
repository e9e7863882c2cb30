"""Keeps partnerships: their members, action networks and pipelines.

It owns these nouns, and the profiles that show the directory in one piece. It promises that each
partnership answers to its own backbone (`directory/backbones`), that a
partner joins, changes its role and leaves under one lock, and that leaving the last partnership
ends its agreements in the same transaction. Begin with `members/actions.py`;
`profiles/queries.py` answers the gateway's pages and search.
"""
