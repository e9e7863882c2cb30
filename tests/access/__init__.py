"""A matrix of the permissions: of every route, and of every state between a partner and a child."""
