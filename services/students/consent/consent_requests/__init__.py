"""Which child's family is asked for which consent, and whether it has answered."""
