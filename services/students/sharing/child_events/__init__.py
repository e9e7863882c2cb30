"""What happened of each child, kept thin, so that a grant can be followed by its history."""
