"""The simulator: the parts of a child that an organization's people would see."""
