"""The public language of resources."""
