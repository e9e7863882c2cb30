"""A partner's systems that call the platform, and their public keys."""
