"""The directory as HSDS, on its way out."""
