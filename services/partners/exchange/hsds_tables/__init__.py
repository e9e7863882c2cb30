"""The tables of HSDS as they come in a zip."""
