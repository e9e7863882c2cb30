"""Targets of a scorecard."""
