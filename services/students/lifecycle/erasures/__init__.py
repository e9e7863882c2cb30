"""Erasures of children, each with its certificate."""
