"""Opt-outs from directory information (34 CFR 99.37)."""
