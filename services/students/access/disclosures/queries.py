"""Reading the disclosure log."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from services.students.access.disclosures import rules
from services.students.access.disclosures.records import DisclosureRow
from services.students.roster.people.records import person
from shared.contracts.students.access import Category
from shared.core.refusals import Forbidden
from shared.persistence.database import Reading
from shared.security.principal import Principal

CALLED: Any = func.btrim(
    func.concat_ws(
        " ", func.coalesce(person.preferred_given_name, person.given_name),
        func.coalesce(person.preferred_family_name, person.family_name),
    )
)  # fmt: skip


async def names(reader: Reading, student_ids: Collection[UUID]) -> dict[UUID, str]:
    """What these children are called. The caller has decided that each one's identity is released."""
    if not student_ids:
        return {}
    found = select(person.id, CALLED.label("name")).where(person.id.in_(student_ids))
    return {row.id: row.name for row in await reader.execute(found)}


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
