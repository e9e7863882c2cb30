"""The removal of an erased child's data from this service, and its confirmation."""
