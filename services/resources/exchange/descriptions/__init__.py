"""The import of descriptions of learning resources."""
