"""HSDS organizations become partners."""
