"""HSDS locations become sites."""
