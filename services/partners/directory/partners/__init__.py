"""A partner: an organization that takes part."""
