"""The copy of partnerships and their members, as far as scorecards show it."""
