"""What the loading of organizations, locations and services shares: its state, and the ids that
records came in under."""
