"""Takes in rosters (OneRoster 1.1 and 1.2 CSV) and attendance registers.

It owns the reading, checking and loading of these files, and the count of the imports of each
source. It promises that a file goes in whole or not at all, that each fault names its file, line,
field and reason, and that the same file a second time changes nothing. Begin with
`oneroster_import/actions.py`, which reads into stages, merges and announces;
`oneroster_schema/rules.py` lists the columns.
"""
