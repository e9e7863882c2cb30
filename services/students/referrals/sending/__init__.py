"""A referral before its partner has it, and its taking back."""
