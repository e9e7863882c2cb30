"""A partner's systems that call the platform, and the public keys they are known by."""
