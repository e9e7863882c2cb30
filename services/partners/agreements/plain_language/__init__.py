"""The terms of an agreement in plain sentences."""
