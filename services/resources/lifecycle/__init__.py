"""Removes the data of an erased child from resources.

It owns no table. It promises to remove what the child was given, finished and used, where the
erasure names that class of data, and to confirm the removal in the same transaction. Begin with
`erasures/reactions.py`.
"""
