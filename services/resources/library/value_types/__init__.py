"""The types of values in descriptions: addresses, days, languages, text."""
