"""A process that is told to end first serves on for a while, and says so: not ready, and with every
answer `Connection: close`, so that whoever has a choice asks another."""

import threading

LEAVING = threading.Event()
"""Of this process, which leaves once; set for good by deploy/serve.py."""
