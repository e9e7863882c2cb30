"""The chain that shows whether the disclosure log is still what it was."""
