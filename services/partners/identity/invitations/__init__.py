"""An offer of one membership, taken once by whoever holds its secret."""
