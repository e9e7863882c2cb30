"""The merge of staged rows into a table, only where something differs."""
