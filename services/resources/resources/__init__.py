"""Learning resources."""
