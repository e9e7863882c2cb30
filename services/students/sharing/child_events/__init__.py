"""The events about each child, kept thin, so that its history can follow a grant."""
