"""Snapshots: the children that a partner's system may know of, and its place in the stream."""
