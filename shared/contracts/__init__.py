"""The public language: bodies, answers and events, one module per noun, and nothing else.

It promises that a shape that crosses HTTP or the bus stands here once, and that an event within a
version only grows; `make contracts` writes OpenAPI and JSON Schema from it into `docs/contracts`.
Begin with `base.py` for `Body`, `Answer` and `Event`, then a noun of the service at hand.
"""
