"""Opens, suspends and closes the stream of a partner's system.

It owns streams and the public keys that may connect to them. It promises that credentials work
from the answer on, that a key that was taken back works no more, and that no private key is kept.
Begin with `streams/actions.py`, then `provisioning/queries.py`, which describes the stream to the
broker and to the client.
"""
