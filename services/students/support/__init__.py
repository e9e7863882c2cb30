"""What those who support a child write and plan."""
