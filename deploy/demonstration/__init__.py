"""A demonstration: three partnerships, a district and a library, none of which exist.

Everything is made here from word lists of our own and a fixed seed. What is made depends on the
day asked for and on nothing else: neither on the clock nor on the machine. Its school year is the
one of that day, with attendance up to the day before. Places lie in the middle of the Atlantic,
addresses at example.org, telephone numbers are 555-0100 to 555-0199.
"""
