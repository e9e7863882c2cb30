"""The children somebody works with, in the order of their names or of their need."""

from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, and_, case, cast, func, select, true

from services.students.access.policy import queries as access
from services.students.participation.attendance.records import AttendanceTotalRow
from services.students.participation.dosage.records import DosageRow
from services.students.participation.engagements import queries as engagements
from services.students.participation.engagements import rules
from services.students.participation.engagements.records import EngagementRow
from services.students.roster.people.records import PersonRow
from services.students.roster.schools.records import OrgRow
from services.students.roster.students.records import StudentRow
from shared.contracts.students.access import Category
from shared.contracts.students.caseload import CaseloadItem, CaseloadOrder
from shared.contracts.students.engagement import EngagementStage
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import for_callers
from shared.security.principal import Principal

MOST_FOR_ABSENCE = 50
WORST_SHARE_MISSED = 0.2
MOST_FOR_DOSAGE = 30
FOR_WAITING = 20

S: Any = StudentRow  # columns, where mypy would see values
P: Any = PersonRow
O: Any = OrgRow  # noqa: E741
E: Any = EngagementRow
D: Any = DosageRow
T: Any = AttendanceTotalRow


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
        CaseloadOrder.NEED: [-rows.c.need, rows.c.id],
    }
    shown = select(*(rows.c[name] for name in CaseloadItem.model_fields))
    return await page(reader, shown, CaseloadItem, paging, by=by[order], given=given)


def _children(caller: Principal, worker_id: UUID | None) -> Select[Any]:
    year, support = _latest_year(caller), _support(caller, worker_id)
    children = (
        select(
            S.id, P.given_name, P.family_name, P.preferred_given_name, P.search_name, S.grade,
            O.name.label("school_name"), year.c.school_year, year.c.days_enrolled,
            year.c.days_attended, support.c.engaged, support.c.waiting, support.c.planned_minutes,
            support.c.delivered_minutes, _need(year.c, support.c).label("need"),
        )
        .join(P, P.id == S.id)
        .outerjoin(O, O.id == S.school_id)
        .outerjoin(year, true())
        .outerjoin(support, true())
        .where(access.may_list(caller, S.id, Category.IDENTITY))
    )  # fmt: skip
    return children if worker_id is None else children.where(support.c.engaged > 0)


def _latest_year(caller: Principal) -> Any:
    found = select(T.school_year, T.days_enrolled, T.days_attended).where(
        T.student_id == S.id, access.may_see(caller, T.student_id, Category.ATTENDANCE)
    )
    return found.order_by(T.school_year.desc()).limit(1).lateral()


def _support(caller: Principal, worker_id: UUID | None) -> Any:
    """Live engagements that the caller may see; of one worker, where that is asked."""
    waits = E.stage.in_([EngagementStage.APPLIED, EngagementStage.WAITLISTED])
    live = [E.student_id == S.id, E.stage.in_(rules.LIVE), engagements.visible(caller)]
    if worker_id is not None:
        live.append(E.worker_id == worker_id)
    delivered = func.least(D.delivered_minutes, D.planned_minutes)
    return (
        select(
            func.count().label("engaged"),
            func.count().filter(waits).label("waiting"),
            func.coalesce(func.sum(D.planned_minutes), 0).label("planned_minutes"),
            func.coalesce(func.sum(delivered), 0).label("delivered_minutes"),
        )
        .select_from(E)
        .outerjoin(D, D.engagement_id == E.id)
        .where(and_(*live))
        .lateral()
    )


def _need(year: Any, support: Any) -> Any:
    """The sum that `CaseloadItem` describes; what is not known adds nothing."""
    missed = (year.days_enrolled - year.days_attended) * 1.0 / year.days_enrolled
    absence = func.least(missed / WORST_SHARE_MISSED, 1) * MOST_FOR_ABSENCE
    unmet = 1 - support.delivered_minutes * 1.0 / support.planned_minutes
    total = (
        case((year.days_enrolled > 0, absence), else_=0)
        + case((support.planned_minutes > 0, unmet * MOST_FOR_DOSAGE), else_=0)
        + case((support.waiting > 0, FOR_WAITING), else_=0)
    )
    return cast(func.round(total), Integer)


EVERY = for_callers(lambda caller: _children(caller, None))
MINE = for_callers(lambda caller: _children(caller, caller.account_id))
