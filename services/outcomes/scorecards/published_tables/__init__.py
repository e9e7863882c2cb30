"""The tables of every edition that was ever public, for comparison with what comes later."""
