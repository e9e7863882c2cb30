"""The tables and fields of HSDS 3.0, and what each may hold."""
