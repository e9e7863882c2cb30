"""The descriptions that developers read: one OpenAPI for all services, AsyncAPI for the events.

It promises that each document is made of the committed contracts and the gateway's own routes, so
that the gateway routes and describes without any service being up, and that the headers that only
the gateway reads are described too. Begin with `openapi.py`; `partner_asyncapi.py` describes
partners' streams.
"""
