"""Organizations of a roster and their academic sessions."""
