"""The people of a district's records who may be given a role in the partnership."""
