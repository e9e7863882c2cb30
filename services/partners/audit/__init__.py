"""Witnesses the disclosure log of students.

It owns each head of the log that students published, as it was heard first. It promises that a
kept head is never changed, by the service or in the database, so that a log that somebody
computes anew disagrees with what everybody was told. Begin with `disclosure_heads/actions.py`.
"""
