"""Sessions that a program plans and holds, and the roll of each."""
