"""Dosage: minutes of support planned for an engagement, and minutes delivered."""
