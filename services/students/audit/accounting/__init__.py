"""The accounting of disclosures: the log as a family reads it (34 CFR 99.32)."""
