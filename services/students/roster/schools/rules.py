"""Which organizations are schools, in SQL."""

from shared.contracts.students.school import ABOVE_SCHOOLS

NO_SCHOOLS = ", ".join(f"'{kind}'" for kind in ABOVE_SCHOOLS)
"""The types of organizations that nobody attends, as a list."""
