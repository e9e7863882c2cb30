"""Signatures: one per party, under the exact words of the terms."""
