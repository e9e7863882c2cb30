"""The seven cradle-to-career outcomes."""
