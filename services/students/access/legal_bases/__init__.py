"""On what ground a partner may have a category of a child: agreement, consent and purpose at once."""
