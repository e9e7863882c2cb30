"""The import of a directory as HSDS 3.0 (Open Referral), and the columns of its fields."""
