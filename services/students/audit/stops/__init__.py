"""Stop: a family takes back the ground of a disclosure."""
