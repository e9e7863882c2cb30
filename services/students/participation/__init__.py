"""Records the part that children take in programs and in school.

It owns engagements, sessions, the rolls of schools and classes, attendance, dosage and the copy of partners'
programs and staff. It promises that places and dosage are counted by one writer at a time, under the lock
of the program, and that totals follow in the transaction of the change. Begin with
`engagements/rules.py` for the stages of an engagement, then `attendance/actions.py`.
"""
