"""The calendar of a district and of each school: the days on which there is school."""
