"""The other records of one child, whose protection counts in each of them."""
