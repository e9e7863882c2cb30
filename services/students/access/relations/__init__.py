"""The relations of people and partners to a child."""
