"""The head of the disclosure log, published each day for witnesses to keep."""
