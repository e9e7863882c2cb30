"""HSDS 3.0 (Open Referral): a directory comes in, and goes out again as it came."""
