"""A program that a partner offers, with its eligibility, sites and schedule."""
