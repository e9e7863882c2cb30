"""A scorecard: the indicators that a partnership follows, in its places."""
