"""Reports: the figures of a scorecard after disclosure control, kept ready."""
