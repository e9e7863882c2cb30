"""What families are asked, word by word."""
