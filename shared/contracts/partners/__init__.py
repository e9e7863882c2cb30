"""The public language of partners."""
