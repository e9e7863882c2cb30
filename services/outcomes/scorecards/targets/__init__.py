"""The target of an indicator or of one of its groups, on a scorecard."""
