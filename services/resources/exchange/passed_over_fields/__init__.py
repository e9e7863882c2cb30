"""The fields of a good document that nobody reads, or that are checked and not kept."""
