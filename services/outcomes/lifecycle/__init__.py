"""Removes the measures of an erased child from outcomes.

It owns no table. It promises to remove the measures of the child, where the erasure names that
class of data, and to confirm the removal in the same transaction. Totals over many children stay.
Begin with `erasures/reactions.py`.
"""
