"""Reading a child's disclosures: one line for each day, organization and ground."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, cast, func, select

from services.students.access.disclosures.queries import refusal
from services.students.access.disclosures.records import disclosure
from services.students.access.facts.queries import facts
from services.students.access.policy import queries as access
from services.students.access.relations.rules import Facts
from services.students.audit.accounting import rules
from services.students.audit.accounting.rules import Line
from services.students.participation.programs.queries import names_of
from services.students.participation.programs.records import offering_partner
from shared.contracts.base import Answer
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Basis, Category
from shared.contracts.students.disclosure import DisclosureLine, DisclosureOutcome
from shared.core.refusals import Forbidden
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import unknown
from shared.security.principal import Principal, Role

DAY = cast(disclosure.at, Date)
GROUND = (
    disclosure.role, disclosure.organization_id, disclosure.purpose, disclosure.channel,
    disclosure.outcome, disclosure.basis, disclosure.agreement_id,
    disclosure.consent_id, disclosure.emergency_id, disclosure.categories,
    disclosure.further_parties,
)  # fmt: skip


class Group(Answer):
    """The rows of the log that make one line."""

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
    further_party_names: list[str | None]
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
    """The facts about the child, for a caller who may inspect its log. Refuses as `access.decided`,
    and with `Forbidden("disclosures-withheld")`. The refusal itself gets a row in the log."""
    child = await facts(reader, caller, student_id)
    decision = access.decided(caller, student_id, child)
    if child is None or not rules.may_read(decision, child):
        raise Forbidden(
            "disclosures-withheld",
            "The log is open to the parents, to the student from the age of 18, and to the district.",
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
    """The child's disclosures, newest first. A line is ordered by its first row, which stays the same
    when the line grows."""
    child = await reading(reader, caller, student_id)
    wanted = [
        disclosure.organization_id == organization_id if organization_id is not None else None,
        disclosure.outcome == outcome if outcome is not None else None,
        since <= DAY if since is not None else None,
    ]
    grouped = _grouped(student_id, *(each for each in wanted if each is not None))
    found = await page(
        reader, _named(grouped), Group, paging, by=[grouped.c.position], descending=True
    )
    return Page(items=[_told(group, child) for group in found.items], next=found.next)


def _grouped(student_id: UUID, *wanted: Any) -> Any:
    counted = select(
        func.min(disclosure.position).label("position"), DAY.label("day"),
        func.min(disclosure.at).label("first_at"), func.max(disclosure.at).label("last_at"),
        func.count().label("times"), *GROUND,
    )  # fmt: skip
    own = counted.where(disclosure.student_id == student_id, *wanted)
    return own.group_by(DAY, *GROUND).subquery("lines")


def _named(of: Any) -> Select[Any]:
    return select(
        of, offering_partner.name.label("organization"),
        offering_partner.kind.label("organization_kind"),
        offering_partner.parent_id.label("organization_parent"),
        names_of(of.c.further_parties).label("further_party_names"),
    ).outerjoin(offering_partner, offering_partner.partner_id == of.c.organization_id)  # fmt: skip


async def one_line(reader: Reading, student_id: UUID, position: int) -> Group:
    """One row of the log as a line of its own. The caller may read the child's log."""
    of = _grouped(student_id, disclosure.position == position)
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
