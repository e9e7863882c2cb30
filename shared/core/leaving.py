"""Marks a process that is about to end. For a while it still answers, is not ready, and says
`Connection: close` in every answer, so that a client with a choice asks another process."""

import threading

LEAVING = threading.Event()
"""Set by deploy/serve.py when this process begins to leave, and never cleared."""
