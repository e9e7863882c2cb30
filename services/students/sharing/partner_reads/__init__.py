"""The parts of children that partners read over the API, found in the disclosure log."""
