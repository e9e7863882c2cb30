"""Which consent, if any, lets a partner have a category today."""
