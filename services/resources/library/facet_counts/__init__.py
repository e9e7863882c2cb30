"""The number of shared resources with each value of a search facet."""
