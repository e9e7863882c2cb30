"""How many shared resources have each value to narrow by."""
