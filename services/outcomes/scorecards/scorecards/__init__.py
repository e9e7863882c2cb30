"""Scorecards and their reports."""
