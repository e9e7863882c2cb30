"""Shares, means and their differences."""
