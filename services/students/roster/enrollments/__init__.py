"""Who is in which class, when, and as what."""
