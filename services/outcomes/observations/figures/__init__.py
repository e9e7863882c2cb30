"""Figures: observations added up over the places of a scorecard, before disclosure control."""
