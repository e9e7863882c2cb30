"""Keeps the children and everything that a roster says of them, in the nouns of OneRoster.

It owns students, contacts with their court orders, people, schools and their calendars
(`school_calendar`), classes, enrollments and staff, whether somebody of them may be given a role (`role_holders`), the search by name (`name_search`), and the pairs of records that may be of one child (`possible_duplicates`). It promises that a
person stands once per source, and that a number of a government or of a body is refused
(`identifiers`). Begin with `students/queries.py`, which reads a child as its
caller may, then `merging/rules.py`, which turns staged rows of a file into rows of a table.
"""
