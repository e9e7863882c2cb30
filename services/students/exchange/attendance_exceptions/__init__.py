"""Registers that hold exceptions alone: the days of the calendar without a line are days attended."""
