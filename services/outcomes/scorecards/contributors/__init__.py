"""The partners that contribute to a partnership."""
