"""Assignments of resources to classes and children, and their completion."""
