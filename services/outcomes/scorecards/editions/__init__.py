"""Published editions of scorecards."""
