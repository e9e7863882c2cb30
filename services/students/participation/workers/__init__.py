"""A worker: somebody on a partner's staff who may run its programs."""
