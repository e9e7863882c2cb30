"""Takes in figures and the measures of children, and controls what leaves of them.

It owns observations with every correction, the measures of each child and their totals. It
promises that no figure of fewer people than the minimum cell leaves, nor one that would give such
a figure away, and that the measures of a child leave against its grant only. Begin with
`observations/rules.py`, through which every figure leaves, then `disclosure_control/rules.py`.
"""
