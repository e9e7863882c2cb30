"""HSDS as JSON: organizations and services with all that belongs to them nested."""
