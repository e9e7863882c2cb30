"""Directory information, and who has opted out of it."""
