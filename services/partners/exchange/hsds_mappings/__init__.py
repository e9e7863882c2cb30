"""A mapping: how a table with other headers is read as tables of HSDS."""
