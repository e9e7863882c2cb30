"""The local copy of what agreements allow."""
