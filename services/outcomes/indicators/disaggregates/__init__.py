"""The groups by which figures are broken down."""
