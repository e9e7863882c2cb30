"""Reading the disclosure log."""

from collections.abc import Collection
from uuid import UUID

from services.students.disclosures import rules
from services.students.disclosures.records import DisclosureRow
from shared.contracts.students.access import Category
from shared.principal import Principal


def refusal(
    caller: Principal, student_id: UUID, categories: Collection[Category]
) -> DisclosureRow:
    """For a refusal to keep; the same for a child that is hidden and for one that is none."""
    return DisclosureRow(**rules.refused(caller, student_id, categories))
