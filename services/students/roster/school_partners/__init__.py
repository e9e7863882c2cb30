"""Which partner a school of the roster is, as its district says."""
