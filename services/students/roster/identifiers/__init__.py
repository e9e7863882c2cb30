"""Kinds of identifiers that are never taken: government numbers and biometrics."""
