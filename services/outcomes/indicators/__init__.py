"""Defines the measures: outcomes, indicators and what a figure can be about.

It owns indicators with every version of their definitions, periods, places and disaggregates. It
promises that figures of one definition can be added up and compared, since quantities are exact
and rounded in one way only. Begin with `indicators/rules.py`, then `quantities/rules.py`.
"""
