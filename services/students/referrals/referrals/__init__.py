"""A referral's way: written, asked for, sent, answered, served, closed."""
