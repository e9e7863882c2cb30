"""A backbone's reach: the partnerships that a partner leads, and the partners in its care."""
