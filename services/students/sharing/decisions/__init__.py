"""What partners' systems are told of children, and what partners are to delete, decided one by one
by the policy."""
