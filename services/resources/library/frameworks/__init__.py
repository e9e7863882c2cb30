"""Standards frameworks, their items and the associations between them (CASE)."""
