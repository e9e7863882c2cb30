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
    """The row of a refusal, which the refusal carries until it is written. It is the same for a
    hidden child and for an absent one."""
    return DisclosureRow(**rules.refused(caller, student_id, categories))


@contextmanager
def refusals_kept(
    caller: Principal, student_id: UUID, categories: Collection[Category] = ()
) -> Iterator[None]:
    """Within this context a rule may refuse the caller, though rules know nothing of the log: the
    refusal gets its row."""
    try:
        yield
    except Forbidden as refused:
        refused.keeping = refusal(caller, student_id, categories)
        raise
