"""Links by which a partner without an account answers one referral."""
