"""Gives resources to classes and children, and records their completion and use.

It owns assignments, completions and uses. It promises that the service tells nothing about one
child except against a grant of students, and that counts of use name nobody. Begin with
`assignments/rules.py` for who may assign and who may finish, then `assignments/queries.py`.
"""
