"""Access in an emergency: with a reason, for a day, reviewed."""
