"""Stands before every route: the load-shedding door and the origins of web frontends.

It promises that a request beyond the gateway's bound is refused at once and costs nothing, that a
service that hangs leaves places for the others, and that no page of an origin that the operator
did not name may call. Begin with `load_shedding.py`.
"""
