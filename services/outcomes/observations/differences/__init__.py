"""Differences: what a reader learns who subtracts one published table from another."""
