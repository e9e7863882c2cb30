"""Reporting periods: school years, calendar years, terms and ranges of dates."""
