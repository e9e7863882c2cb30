"""Everything that students holds about one child for one viewer, decided and read in one statement."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select

from services.students.access.facts.queries import fact_columns, facts_of, viewing
from services.students.access.policy import queries as access
from services.students.access.policy import rules as policy
from services.students.access.policy.rules import Decision
from services.students.participation.attendance import queries as attendance
from services.students.participation.attendance.records import attendance_total
from services.students.participation.dosage import queries as dosage
from services.students.participation.engagements import queries as engagements
from services.students.participation.engagements.records import engagement
from services.students.roster.contacts import queries as contacts
from services.students.roster.students import queries as students
from services.students.roster.students.records import student
from shared.contracts.purpose import Purpose
from shared.contracts.students.contact import Contact
from shared.contracts.students.picture import ChildGrantAnswer, Picture
from shared.persistence.database import Reading
from shared.persistence.queries import json_rows, rendered
from shared.security.grants import Category, GrantSigner
from shared.security.principal import Principal

PARTS = {
    "engagements": Category.ENGAGEMENT,
    "dosage": Category.DOSAGE,
    "attendance": Category.ATTENDANCE,
}

WHOLE = rendered(
    students.whole()
    .add_columns(
        json_rows(engagements.listed().where(engagement.student_id == student.id)).label(
            "engagements"
        ),
        json_rows(dosage.listed().where(engagement.student_id == student.id)).label("dosage"),
        json_rows(attendance.listed().where(attendance_total.student_id == student.id)).label(
            "attendance"
        ),
        contacts.told().label("contacts"),
        json_rows(access.current_classes(student.id)).label("current_classes"),
    )
    .where(student.id == bindparam("student_id"))
)
GRANTED = rendered(
    select(*fact_columns(), json_rows(access.current_classes(student.id)).label("current_classes"))
    .where(student.id == bindparam("student_id"))
)  # fmt: skip


async def picture(
    reader: Reading, caller: Principal, student_id: UUID, signer: GrantSigner
) -> tuple[Picture, Decision]:
    """The picture of a child, and the decision on it. Refuses as `access.decided`."""
    row = (await reader.execute(WHOLE, viewing(caller, student_id))).one_or_none()
    child = None if row is None else facts_of(row)
    decision = access.decided(caller, student_id, child)
    given = policy.grant(caller, student_id, decision.released, _classes(row))
    return _released(row, decision, caller.purpose, signer.token(given)), decision


async def grant(
    reader: Reading,
    caller: Principal,
    student_id: UUID,
    wanted: Collection[Category],
    signer: GrantSigner,
) -> tuple[ChildGrantAnswer, Decision]:
    """The grant for those of `wanted` that the decision releases. Refuses as `access.decided`."""
    row = (await reader.execute(GRANTED, viewing(caller, student_id))).one_or_none()
    child = None if row is None else facts_of(row)
    decision = access.decided(caller, student_id, child, *wanted)
    released = [each for each in wanted if each in decision.released]
    given = policy.grant(caller, student_id, released, _classes(row))
    return ChildGrantAnswer(grant=signer.token(given)), decision


def _classes(row: Any) -> tuple[UUID, ...]:
    return tuple(UUID(item["id"]) for item in row.current_classes)


def _released(row: Any, decision: Decision, purpose: Purpose, grant: str) -> Picture:
    """The picture with the parts that the decision releases; for a partner, only its own engagements
    and dosage where it has no more."""
    told = row._mapping  # noqa: SLF001
    parts = {
        name: _own(told[name], decision, category) if category in decision.released else None
        for name, category in PARTS.items()
    }
    return Picture.model_validate(
        {
            "student": students.released(row, decision, purpose),
            "contacts": _contacts(row, decision),
            "withheld": decision.withheld,
            "grant": grant,
            **parts,
        }
    )


def _contacts(row: Row[Any], decision: Decision) -> list[Contact] | None:
    if Category.CONTACTS not in decision.released:
        return None
    return contacts.released(row.id, row.version, row.contacts, decision)


def _own(
    items: list[dict[str, Any]], decision: Decision, category: Category
) -> list[dict[str, Any]]:
    only = decision.only(category)
    return [item for item in items if only is None or item.get("partner_id") == str(only)]
