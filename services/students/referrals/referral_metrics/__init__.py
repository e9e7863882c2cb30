"""Whether referrals were answered and served in time, and how they ended: counts, of no child."""
