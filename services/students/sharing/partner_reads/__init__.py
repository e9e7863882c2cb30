"""What partners read of children over the API, found in the disclosure log."""
