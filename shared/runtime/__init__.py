"""Puts a service together from its areas.

It promises that all four services start, answer `/health` and `/ready`, prune what has had its
time and end in the same way. Begin with `area.py`, which names the parts that an area brings,
then `service.py`, where `create_service` starts them; `upkeep.py` is what a service does for
itself now and then.
"""
