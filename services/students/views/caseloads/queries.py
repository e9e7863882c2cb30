"""The children with whom the caller works, by name or by need."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Boolean, Integer, Select, and_, case, cast, func, null, select, true

from services.students.access.policy import queries as access
from services.students.participation.attendance.queries import hundredths_attended, least_days
from services.students.participation.attendance.records import attendance_total
from services.students.participation.attendance.rules import HUNDREDTHS
from services.students.participation.dosage.records import dosage
from services.students.participation.engagements import queries as engagements
from services.students.participation.engagements import rules
from services.students.participation.engagements.records import engagement
from services.students.roster.people.records import person
from services.students.roster.schools.records import org
from services.students.roster.students.records import student
from shared.contracts.students.access import Category
from shared.contracts.students.caseload import CaseloadItem, CaseloadOrder
from shared.contracts.students.engagement import EngagementStage
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import for_callers
from shared.security.principal import PARTNER_STAFF, Principal

MOST_FOR_ABSENCE = 50
WORST_SHARE_MISSED = 0.2
MOST_FOR_DOSAGE = 30
FOR_WAITING = 20


async def caseload(
    reader: Reading,
    caller: Principal,
    paging: PageRequest,
    order: CaseloadOrder,
    *,
    mine: bool,
) -> Page[CaseloadItem]:
    children, given = (MINE if mine else EVERY)(caller)
    rows = children.subquery()
    by: dict[CaseloadOrder, list[Any]] = {
        CaseloadOrder.NAME: [rows.c.search_name, rows.c.id],
        CaseloadOrder.NEED: [
            -rows.c.need,
            case((rows.c.supported.is_(False), 0), else_=1),
            rows.c.id,
        ],
    }
    shown = select(*(rows.c[name] for name in CaseloadItem.model_fields))
    return await page(reader, shown, CaseloadItem, paging, by=by[order], given=given)


def _children(caller: Principal, worker_id: UUID | None) -> Select[Any]:
    year, support = _latest_year(caller), _support(caller, worker_id)
    full, supported = _full_year(caller, year.c), _supported(caller, support.c)
    counting = _counting(year.c, full.c)
    children = (
        select(
            student.id, person.given_name, person.family_name, person.preferred_given_name,
            person.search_name, student.grade,
            org.name.label("school_name"), year.c.school_year, year.c.days_enrolled,
            year.c.days_attended, full.c.school_year.label("full_school_year"),
            full.c.days_enrolled.label("full_days_enrolled"),
            full.c.days_attended.label("full_days_attended"),
            (counting.missed * 1.0 / HUNDREDTHS).label("days_missed"),
            support.c.engaged, support.c.waiting, support.c.planned_minutes,
            support.c.delivered_minutes, supported.label("supported"),
            _need(counting, support.c, supported).label("need"),
        )
        .join(person, person.id == student.id)
        .outerjoin(org, org.id == student.school_id)
        .outerjoin(year, true())
        .outerjoin(full, true())
        .outerjoin(support, true())
        .where(access.may_list(caller, student.id, Category.IDENTITY))
    )  # fmt: skip
    return children if worker_id is None else children.where(support.c.engaged > 0)


def _years(caller: Principal) -> Select[Any]:
    return (
        select(
            attendance_total.school_year,
            attendance_total.days_enrolled,
            attendance_total.days_attended,
            hundredths_attended().label("hundredths"),
        )
        .where(
            attendance_total.student_id == student.id,
            access.may_see(caller, attendance_total.student_id, Category.ATTENDANCE),
        )
        .order_by(attendance_total.school_year.desc())
        .limit(1)
    )


def _latest_year(caller: Principal) -> Any:
    return _years(caller).lateral("latest_year")


def _full_year(caller: Principal, latest: Any) -> Any:
    """The last year with enough days, where the latest has fewer."""
    enough = max(least_days(), 1)
    found = _years(caller).where(
        latest.days_enrolled < enough, attendance_total.days_enrolled >= enough
    )
    return found.lateral("full_year")


class Counting(NamedTuple):
    """The columns of the year that counts: its days, and the hundredths of days missed."""

    enrolled: Any
    missed: Any


def _counting(year: Any, full: Any) -> Counting:
    enrolled = func.coalesce(full.days_enrolled, year.days_enrolled)
    attended = func.coalesce(full.hundredths, year.hundredths)
    return Counting(enrolled, enrolled * HUNDREDTHS - attended)


def _supported(caller: Principal, support: Any) -> Any:
    """Null where the caller may not know all engagements of the child: a partner knows its own."""
    if caller.role in PARTNER_STAFF:
        return null().cast(Boolean)
    known = access.may_see(caller, student.id, Category.ENGAGEMENT)
    return case((known, support.engaged > support.waiting), else_=null())


def _support(caller: Principal, worker_id: UUID | None) -> Any:
    """The live engagements that the caller may see; with `worker_id`, only those of that worker."""
    waits = engagement.stage.in_([EngagementStage.APPLIED, EngagementStage.WAITLISTED])
    live = [
        engagement.student_id == student.id,
        engagement.stage.in_(rules.LIVE),
        engagements.visible(caller),
    ]
    if worker_id is not None:
        live.append(engagement.worker_id == worker_id)
    delivered = func.least(dosage.delivered_minutes, dosage.planned_minutes)
    return (
        select(
            func.count().label("engaged"),
            func.count().filter(waits).label("waiting"),
            func.coalesce(func.sum(dosage.planned_minutes), 0).label("planned_minutes"),
            func.coalesce(func.sum(delivered), 0).label("delivered_minutes"),
        )
        .select_from(engagement)
        .outerjoin(dosage, dosage.engagement_id == engagement.id)
        .where(and_(*live))
        .lateral()
    )


def _need(year: Counting, support: Any, supported: Any) -> Any:
    """The sum that `CaseloadItem` describes. An unknown part adds nothing."""
    missed = year.missed * 1.0 / (year.enrolled * HUNDREDTHS)
    absence = func.least(missed / WORST_SHARE_MISSED, 1) * MOST_FOR_ABSENCE
    unmet = 1 - support.delivered_minutes * 1.0 / support.planned_minutes
    total = (
        case((year.enrolled > 0, absence), else_=0)
        + case(
            (supported.is_(False), MOST_FOR_DOSAGE),
            (support.planned_minutes > 0, unmet * MOST_FOR_DOSAGE),
            else_=0,
        )
        + case((support.waiting > 0, FOR_WAITING), else_=0)
    )
    return cast(func.round(total), Integer)


EVERY = for_callers(lambda caller: _children(caller, None))
MINE = for_callers(lambda caller: _children(caller, caller.account_id))
