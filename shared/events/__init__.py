"""The way of an event: from the transaction that announces it to the reaction of another service.

`outbox` writes it, `relay` publishes it, `inbox` hears it; `partner_outbox` is the same for
messages to partners, and `bus` is the only module that speaks NATS. It promises that an event is
published if and only if its transaction commits, and that it has its effect once and in order.
Begin with `outbox.py`, then `relay.py`, then `inbox.py`.
"""
