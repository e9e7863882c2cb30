"""The combined views: one file each."""
