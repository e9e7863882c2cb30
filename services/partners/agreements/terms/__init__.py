"""The terms of an agreement: what the law asks of them, and the exact words that are signed."""
