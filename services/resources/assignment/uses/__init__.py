"""Use of resources."""
