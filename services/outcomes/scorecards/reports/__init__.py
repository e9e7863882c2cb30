"""Reports: how a scorecard stands, after disclosure control."""
