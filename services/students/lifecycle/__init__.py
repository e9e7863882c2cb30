"""A child's record amended, taken along, kept as long as it may be, erased."""
