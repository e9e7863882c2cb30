"""An offer of one membership, accepted once by the holder of its secret."""
