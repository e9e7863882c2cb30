"""The copy of the partners whose systems listen."""
