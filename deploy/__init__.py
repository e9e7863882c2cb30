"""Everything that starts the platform somewhere: locally, in containers, with demonstration data."""
