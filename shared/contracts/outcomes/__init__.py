"""The public language of outcomes."""
