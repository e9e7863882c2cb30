"""The worker that decides and publishes to partners' streams, in one process at a time."""
