"""An agreement taken in hand: locked, with its terms, to be changed."""
