"""Shows who got which part of a child's record, and proves that the log was not changed.

It owns the hash chain over the disclosure log, its published heads, the family's accounting of
disclosures, stop, the report after a breach and the access simulator. It promises that a changed
row is found with its place, and that stop ends the ground of a disclosure, whoever else said yes.
Begin with `accounting/rules.py` for the family's view, and `hash_chain/rules.py` for the proof.
"""
