"""Proposals: school or district asks a family to apply for a program; the partner learns nothing of it."""
