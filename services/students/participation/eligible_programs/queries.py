"""Programs open to a child."""

from datetime import date
from uuid import UUID

from sqlalchemy import exists, false, func, or_, select

from services.students.participation.eligible_programs import rules
from services.students.participation.engagements.records import engagement
from services.students.participation.engagements.rules import Eligibility
from services.students.participation.programs import queries as programs
from services.students.participation.programs.records import (
    OfferedProgramRow,
    offered_program,
    offering_partner,
)
from shared.contracts.partners.program import ProgramStatus
from shared.contracts.students.engagement import LIVE_STAGES, PLACED_STAGES
from shared.contracts.students.opportunity import Opportunities, Opportunity
from shared.persistence.database import Reading
from shared.persistence.queries import columns, many

MOST_LOOKED_AT = 1_000
MOST = 100


async def opportunities(
    reader: Reading, student_id: UUID, born: date | None, grade: str | None, today: date
) -> Opportunities:
    """The programs open to the child, without those in which it is engaged already."""
    placed = select(func.count()).where(
        engagement.program_id == offered_program.program_id, engagement.stage.in_(PLACED_STAGES)
    ).correlate(offered_program).scalar_subquery()  # fmt: skip
    free = programs.has_place(placed, false())
    engaged = exists().where(
        engagement.program_id == offered_program.program_id,
        engagement.student_id == student_id,
        engagement.stage.in_(LIVE_STAGES),
    )
    found = (
        select(
            *columns(Opportunity, OfferedProgramRow),
            offering_partner.name.label("partner_name"),
            free.label("open"),
        )
        .outerjoin(offering_partner, offering_partner.partner_id == offered_program.partner_id)
        .where(
            offered_program.status == ProgramStatus.ACTIVE,
            or_(offered_program.ends_on.is_(None), offered_program.ends_on >= today),
        )
        .where(~engaged)
        .order_by(
            free.is_(False), free.is_(None), offered_program.name, offered_program.program_id
        )
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
