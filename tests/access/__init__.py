"""Who may do what: a matrix of every route, and of every state between a partner and a child."""
