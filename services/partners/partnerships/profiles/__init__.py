"""The directory in one piece: profiles, public list, search."""
