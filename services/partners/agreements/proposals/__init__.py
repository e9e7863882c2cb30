"""Proposed terms: a draft or an amendment that waits for signatures."""
