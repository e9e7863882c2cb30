"""Partner streams."""
