"""A table with other headers, read by a mapping as tables of HSDS."""
