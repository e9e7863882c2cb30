"""The disclosure log as a family reads it."""
