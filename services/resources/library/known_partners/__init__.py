"""The copy of partners' names, and whether each still is in a partnership."""
