"""What recipients destroy when an agreement no longer covers it, and attest."""
