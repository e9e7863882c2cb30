"""The roles in which a signed-in person acts. Roles come from here, never from a token."""
