"""Stop: the family takes back what allowed a disclosure."""
