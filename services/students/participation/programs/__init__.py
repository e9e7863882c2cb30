"""The copy of partners' programs and names, and what their changes do to engagements."""
