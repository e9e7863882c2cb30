"""What partners' systems are told of children, decided one by one by the policy."""
