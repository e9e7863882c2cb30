"""The operator's page, run as it stands."""
