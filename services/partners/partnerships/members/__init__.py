"""A member: a partner in a partnership, from one day to another."""
