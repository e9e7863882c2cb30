"""At which school each day of a register was spent."""
