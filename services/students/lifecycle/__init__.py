"""Corrects, exports, retains and erases a child's record.

It owns amendments, exports, retention, erasures and their certificates. It promises that each
class of data leaves at the end of its time, that of an erased child only its number stays in any
table, and that a certificate counts the confirmations of every service. Begin with
`erasures/actions.py`, then `removals/actions.py`, which names every table about a child.
"""
