"""The export of the directory as HSDS."""
