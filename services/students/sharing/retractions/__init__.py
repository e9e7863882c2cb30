"""What partners are to delete, and their receipts."""
