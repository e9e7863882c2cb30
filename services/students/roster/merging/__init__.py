"""How staged rows of a file become rows of a table, only where something differs."""
