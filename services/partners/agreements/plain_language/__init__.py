"""What an agreement allows, in plain sentences."""
