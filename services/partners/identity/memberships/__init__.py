"""What a person who signs in is to the partnership. Roles come from here, never from a token."""
