"""Collections: resources in a chosen order."""
