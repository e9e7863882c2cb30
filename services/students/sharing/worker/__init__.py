"""What students does for partners' streams beside its requests, one process at a time."""
