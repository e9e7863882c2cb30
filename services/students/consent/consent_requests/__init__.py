"""The requests for consent to each child's family, and whether they are answered."""
