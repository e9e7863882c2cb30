"""Four services, each the owner of its facts and of its database; none imports another."""
