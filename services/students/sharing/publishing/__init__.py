"""How one partner is told of one child, and what is taken back from it."""
