"""Records that may be of one child, until the district decides."""
