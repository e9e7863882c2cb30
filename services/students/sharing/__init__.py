"""What partners' systems are told of children, and what they are to delete."""
