"""Search by name among all children of a district."""
