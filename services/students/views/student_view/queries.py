"""Everything that students holds about a child for a viewer. Many children, each for its own viewer,
are decided and read in one statement."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, Uuid, bindparam, select

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
from shared.contracts.students.picture import ChildGrantAnswer, Picture, PictureParts
from shared.http.together import Asked
from shared.persistence.database import Reading
from shared.persistence.queries import json_rows, rendered
from shared.persistence.together import each_of, for_many
from shared.security.grants import Category, GrantSigner
from shared.security.principal import Principal

PARTS = {
    "engagements": Category.ENGAGEMENT,
    "dosage": Category.DOSAGE,
    "attendance": Category.ATTENDANCE,
}

WHOLE = for_many(
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
    .where(student.id == bindparam("student_id", type_=Uuid()))
)
GRANTED = rendered(
    select(*fact_columns(), json_rows(access.current_classes(student.id)).label("current_classes"))
    .where(student.id == bindparam("student_id"))
)  # fmt: skip


class Pictures(NamedTuple):
    """Those that were decided, by their numbers, and the token of all their grants."""

    decided: dict[int, tuple[PictureParts, Decision]]
    grants: str


async def pictures(reader: Reading, asked: Sequence[Asked], signer: GrantSigner) -> Pictures:
    """The pictures of many children, each decided for its own caller. A child that its caller may not
    know of is left out like an absent one."""
    rows = await _rows(reader, asked)
    decided, grants = {}, {}
    for n, caller, student_id in asked:
        row = rows.get(n)
        decision = None if row is None else policy.decide(caller, facts_of(row))
        if decision is not None:
            decided[n] = _released(row, decision, caller.purpose), decision
            grants[n] = policy.grant(caller, student_id, decision.released, _classes(row))
    return Pictures(decided, signer.token_of_many(grants))


async def _rows(reader: Reading, asked: Sequence[Asked]) -> dict[int, Any]:
    viewers = each_of({"n": n, **viewing(caller, student_id)} for n, caller, student_id in asked)
    return {row.n: row for row in await reader.execute(WHOLE, viewers)}


async def picture(
    reader: Reading, caller: Principal, student_id: UUID, signer: GrantSigner
) -> tuple[Picture, Decision]:
    """The picture of a child, and the decision on it. Refuses as `access.decided`."""
    row = (await _rows(reader, [Asked(0, caller, student_id)])).get(0)
    child = None if row is None else facts_of(row)
    decision = access.decided(caller, student_id, child)
    given = policy.grant(caller, student_id, decision.released, _classes(row))
    parts = dict(_released(row, decision, caller.purpose))
    picture = Picture(**parts, withheld=decision.withheld, grant=signer.token(given))
    return picture, decision


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


def _released(row: Any, decision: Decision, purpose: Purpose) -> PictureParts:
    """The picture with the parts that the decision releases; for a partner, only its own engagements
    and dosage where it has no more."""
    told = row._mapping  # noqa: SLF001
    parts = {
        name: _own(told[name], decision, category) if category in decision.released else None
        for name, category in PARTS.items()
    }
    return PictureParts.model_validate(
        {
            "student": students.released(row, decision, purpose),
            "contacts": _contacts(row, decision),
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
