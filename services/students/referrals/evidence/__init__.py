"""What happens to a referred child elsewhere, as the evidence of a state."""
