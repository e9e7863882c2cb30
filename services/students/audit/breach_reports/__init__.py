"""What went to an organization in a window of time: the report after a breach."""
