"""The report after a breach: each disclosure to one organization in a window of time."""
