"""Reading a child's disclosures, a line for each day, organization and ground."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, cast, func, select

from services.students.access.disclosures.queries import refusal
from services.students.access.disclosures.records import DisclosureRow
from services.students.access.facts.queries import facts
from services.students.access.policy import queries as access
from services.students.access.relations.rules import Facts
from services.students.audit.accounting import rules
from services.students.audit.accounting.rules import Line
from services.students.participation.programs.records import OfferingPartnerRow
from shared.contracts.base import Answer
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Basis, Category
from shared.contracts.students.disclosure import DisclosureLine, DisclosureOutcome
from shared.core.refusals import Forbidden
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import unknown
from shared.security.principal import Principal, Role

L: Any = DisclosureRow  # columns, where mypy would see values
O: Any = OfferingPartnerRow  # noqa: E741
DAY = cast(L.at, Date)
GROUND = (
    L.role, L.organization_id, L.purpose, L.channel, L.outcome, L.basis, L.agreement_id,
    L.consent_id, L.emergency_id, L.categories, L.further_parties,
)  # fmt: skip


class Group(Answer):
    """Rows of the log that are one line."""

    position: int
    day: date
    first_at: Any
    last_at: Any
    times: int
    role: Role
    organization_id: UUID | None
    purpose: Purpose
    channel: str
    outcome: DisclosureOutcome
    basis: Basis | None
    agreement_id: UUID | None
    consent_id: UUID | None
    emergency_id: UUID | None
    categories: list[Category]
    further_parties: list[UUID]
    organization: str | None
    organization_kind: str | None
    organization_parent: UUID | None

    def line(self) -> Line:
        return Line(
            self.outcome, self.role, self.organization_id, self.organization,
            self.organization_kind, self.organization_parent, self.purpose, self.basis,
            tuple(self.categories), self.consent_id,
        )  # fmt: skip


async def reading(reader: Reading, caller: Principal, student_id: UUID) -> Facts:
    """The child, for who may inspect its log. Refuses as `access.decided`, and with
    `Forbidden("disclosures-withheld")`; the refusal itself is written down."""
    child = await facts(reader, caller, student_id)
    decision = access.decided(caller, student_id, child)
    if child is None or not rules.may_read(decision, child):
        raise Forbidden(
            "disclosures-withheld",
            "The parents, the student from 18 on, and the district may see who saw the record.",
            keeping=refusal(caller, student_id, []),
        )
    return child


async def lines(
    reader: Reading,
    caller: Principal,
    student_id: UUID,
    paging: PageRequest,
    *,
    organization_id: UUID | None,
    outcome: DisclosureOutcome | None,
    since: date | None,
) -> Page[DisclosureLine]:
    """Newest first. A line is ordered by its first row, which it keeps when it grows."""
    child = await reading(reader, caller, student_id)
    wanted = [
        L.organization_id == organization_id if organization_id is not None else None,
        L.outcome == outcome if outcome is not None else None,
        since <= DAY if since is not None else None,
    ]
    grouped = _grouped(student_id, *(each for each in wanted if each is not None))
    found = await page(
        reader, _named(grouped), Group, paging, by=[grouped.c.position], descending=True
    )
    return Page(items=[_told(group, child) for group in found.items], next=found.next)


def _grouped(student_id: UUID, *wanted: Any) -> Any:
    counted = select(
        func.min(L.position).label("position"), DAY.label("day"),
        func.min(L.at).label("first_at"), func.max(L.at).label("last_at"),
        func.count().label("times"), *GROUND,
    )  # fmt: skip
    own = counted.where(L.student_id == student_id, *wanted)
    return own.group_by(DAY, *GROUND).subquery("lines")


def _named(of: Any) -> Select[Any]:
    return select(
        of, O.name.label("organization"), O.kind.label("organization_kind"),
        O.parent_id.label("organization_parent"),
    ).outerjoin(O, O.partner_id == of.c.organization_id)  # fmt: skip


async def one_line(reader: Reading, student_id: UUID, position: int) -> Group:
    """One row of the log as a line of its own; whoever calls this may read the child's log."""
    of = _grouped(student_id, L.position == position)
    row = (await reader.execute(_named(of))).mappings().one_or_none()
    if row is None:
        raise unknown("disclosure")
    return Group.model_validate(dict(row))


def _told(group: Group, child: Facts) -> DisclosureLine:
    line = group.line()
    stop, no_stop = rules.stop(line, child)
    words = {
        "party": rules.party(line, child.sources), "who": rules.who(line, child.sources),
        "what": rules.what(line.categories), "why": rules.why(line),
        "stop": stop, "no_stop": no_stop,
    }  # fmt: skip
    return DisclosureLine.model_validate(group.model_dump() | words)
