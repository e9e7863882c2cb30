"""Files of observations that come in."""
