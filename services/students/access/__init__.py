"""Decides which parts of a child's record a viewer gets, and records each decision.

It owns the policy, the facts that the policy looks at, emergency access, the disclosure log and
the copies of agreements. It promises that nothing is disclosed without a clause of the policy and
a row in the log, that a hidden child is answered like an absent one, and that what protects a
child in one of its records counts in the others (`same_child`). Begin with
`policy/rules.py`, then `facts/queries.py`, which gathers the facts about a child in one
statement, and `disclosures`.
"""
