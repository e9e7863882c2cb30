"""A program: what a partner offers, for whom, where and when."""
