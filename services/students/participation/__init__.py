"""Programs and school: engagements, sessions, attendance, dosage."""
