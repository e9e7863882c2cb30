"""Reading the disclosure log."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from uuid import UUID

from services.students.access.disclosures import rules
from services.students.access.disclosures.records import DisclosureRow
from shared.contracts.students.access import Category
from shared.core.refusals import Forbidden
from shared.security.principal import Principal


def refusal(
    caller: Principal, student_id: UUID, categories: Collection[Category]
) -> DisclosureRow:
    """For a refusal to keep; the same for a child that is hidden and for one that is none."""
    return DisclosureRow(**rules.refused(caller, student_id, categories))


@contextmanager
def refusals_kept(
    caller: Principal, student_id: UUID, categories: Collection[Category] = ()
) -> Iterator[None]:
    """Within, whoever may not have it is refused by a rule, which knows nothing of the log."""
    try:
        yield
    except Forbidden as refused:
        refused.keeping = refusal(caller, student_id, categories)
        raise
