"""HSDS as tables: a CSV file each, bound by ids."""
