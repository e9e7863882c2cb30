"""Signatures: one a party, under exact terms."""
