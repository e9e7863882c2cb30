"""Who may see what of a child, decided and written down."""
