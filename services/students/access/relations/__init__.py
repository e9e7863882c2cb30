"""What people and partners are to a child."""
