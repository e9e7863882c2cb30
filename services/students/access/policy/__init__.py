"""The policy: the categories of a child that a viewer gets, and the clause for each."""
