"""What the policy looks at, gathered in one question."""
