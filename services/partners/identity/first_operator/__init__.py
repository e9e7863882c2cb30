"""The operator who admits everybody else: by the setting FIRST_OPERATOR, or by a one-time link."""
