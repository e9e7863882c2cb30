"""A referral in the hands of its partner."""
