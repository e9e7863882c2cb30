"""Imports as jobs in the service's own database, and their routes.

It promises that a job takes in all of its file or nothing, that a process killed in the middle
leaves nothing and the next one begins anew, that no job is carried out twice, and that none ends
much unasked (`brake.py`). Begin with
`routes.py`, which a service gives its `ImportKind`s, then `jobs.py`, which carries them out.
"""
