"""Keeps the shared library: learning resources, collections and standards frameworks.

It owns these nouns, the facet counts and the copy of partners' names. It promises that a search
finds a resource while, and only while, it is shared and its partner is in a partnership, and that
everybody finds the same. Begin with `resources/rules.py`, then `search/rules.py`.
"""
