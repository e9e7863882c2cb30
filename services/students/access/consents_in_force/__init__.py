"""The consent, if any, under which a partner has a category today."""
