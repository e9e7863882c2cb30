"""What the clock does to agreements, written down and announced."""
