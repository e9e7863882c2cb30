"""What families say yes and no to."""
