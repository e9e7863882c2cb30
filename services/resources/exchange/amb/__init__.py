"""The AMB profile: how a schema.org learning resource must be written."""
