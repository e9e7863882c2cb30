"""Takes in descriptions of learning resources (AMB, schema.org) and standards (CASE).

It owns the reading, checking and loading of these files, and no table. It promises that a file
goes in whole or not at all, that each fault names its place, and that twice is as once. Begin
with `descriptions/actions.py`, then `amb/rules.py`, the strict profile;
`case_packages/actions.py` loads standards.
"""
