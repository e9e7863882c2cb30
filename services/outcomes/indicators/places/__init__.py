"""The places where something is observed."""
