"""The effect of a roster: what it adds, changes and ends, by school."""
