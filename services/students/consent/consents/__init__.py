"""What families consent to, refuse and take back."""
