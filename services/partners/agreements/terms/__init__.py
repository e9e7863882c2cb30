"""The terms of an agreement: the law's demands on them, and the exact words that are signed."""
