"""Who is in the partnership and what they promised: partners, their sites and programs, pipelines,
partnerships, action networks, and who acts for whom (memberships)."""
