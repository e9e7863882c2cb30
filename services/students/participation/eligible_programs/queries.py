"""Programs open to a child."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import exists, false, func, or_, select

from services.students.participation.eligible_programs import rules
from services.students.participation.engagements.records import EngagementRow
from services.students.participation.engagements.rules import Eligibility
from services.students.participation.programs import queries as programs
from services.students.participation.programs.records import OfferedProgramRow, OfferingPartnerRow
from shared.contracts.partners.program import ProgramStatus
from shared.contracts.students.engagement import LIVE_STAGES, PLACED_STAGES
from shared.contracts.students.opportunity import Opportunities, Opportunity
from shared.persistence.database import Reading
from shared.persistence.queries import columns, many

P: Any = OfferedProgramRow  # columns, where mypy would see values
E: Any = EngagementRow
O: Any = OfferingPartnerRow  # noqa: E741
MOST_LOOKED_AT = 1_000
MOST = 100


async def opportunities(
    reader: Reading, student_id: UUID, born: date | None, grade: str | None, today: date
) -> Opportunities:
    """Without those that the child is in or waits for already."""
    placed = select(func.count()).where(
        E.program_id == P.program_id, E.stage.in_(PLACED_STAGES)
    ).correlate(P).scalar_subquery()  # fmt: skip
    free = programs.has_place(placed, false())
    engaged = exists().where(
        E.program_id == P.program_id, E.student_id == student_id, E.stage.in_(LIVE_STAGES)
    )
    found = (
        select(*columns(Opportunity, P), O.name.label("partner_name"), free.label("open"))
        .outerjoin(O, O.partner_id == P.partner_id)
        .where(P.status == ProgramStatus.ACTIVE, or_(P.ends_on.is_(None), P.ends_on >= today))
        .where(~engaged)
        .order_by(free.is_(False), free.is_(None), P.name, P.program_id)
        .limit(MOST_LOOKED_AT)
    )
    fitting = [
        each
        for each in await many(reader, found, Opportunity)
        if rules.fits(_eligibility(each), born, grade, today)
    ]
    return Opportunities(
        items=fitting[:MOST], more=len(fitting) > MOST, not_known=rules.not_known(born, grade)
    )


def _eligibility(program: Opportunity) -> Eligibility:
    return Eligibility(program.minimum_age, program.maximum_age, program.grades, program.starts_on)
