"""The facts about a child that the policy looks at, read in one statement."""
