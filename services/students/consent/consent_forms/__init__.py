"""The forms by which families are asked for consent, word by word."""
