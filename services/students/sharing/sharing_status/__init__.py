"""How each partner's sharing stands."""
