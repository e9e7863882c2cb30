"""The groups that figures are broken down by."""
