"""The combined views: one file each, made of parts that services answer in parallel.

It promises that every view answers under one deadline, and that it names each part that is
withheld, with the clause, or unavailable, with the problem, instead of failing whole. Begin with
`parts.py`, then `students.py`, the child's view.
"""
