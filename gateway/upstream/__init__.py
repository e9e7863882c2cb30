"""Asks the services: pooled connections, replicas, deadlines, and passing requests through.

It promises that each replica has its turn, that a request is repeated only where that cannot do
it twice, and that a request about a child to resources or outcomes carries a fresh grant of
students. Begin with `passthrough.py` for /v1, then `client.py` and `replicas.py`.
"""
