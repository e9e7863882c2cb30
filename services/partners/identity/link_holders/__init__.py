"""Partners for which somebody acts by a link to one referral."""
