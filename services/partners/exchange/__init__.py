"""Takes a directory in and gives it out, as HSDS 3.0 (Open Referral).

It owns the reading, checking, loading and writing of HSDS, and the ids under which records came
in. It promises that a file goes in whole or not at all, that fields without a column are kept, so
that a directory goes out as it came in, and that the same file twice changes nothing. Begin with
`hsds_import/actions.py`, then `hsds_import/rules.py`, which says which field is which column.
"""
