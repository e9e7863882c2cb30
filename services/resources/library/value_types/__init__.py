"""The values descriptions are written with: addresses, days, languages, text."""
