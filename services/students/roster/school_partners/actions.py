"""Saying which partner a school is."""

from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.roster.school_partners import queries, rules
from services.students.roster.school_partners.records import SchoolPartnerRow, school_partner
from shared.contracts.students.school import SchoolLinked
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.security.principal import Principal


async def link(
    session: AsyncSession, caller: Principal, school_id: UUID, expected: int,
    partner_id: UUID | None,
) -> SchoolPartnerRow:  # fmt: skip
    """The roster and the directory of partners know one school under two ids; only its district knows
    that they are one. The link opens nothing to anybody."""
    school = await queries.school_row(session, caller, school_id)
    row = await _row(session, school_id)
    ensure_version(row, expected)

    rules.ensure_school(school.type)
    if partner_id is not None:
        partner = await queries.partner_row(session, partner_id)
        rules.ensure_of_district(partner.kind, partner.parent_id, school.source)
        rules.ensure_free(linked=await queries.is_linked(session, partner_id, school_id))

    row.partner_id = partner_id

    announce(session, row, SchoolLinked(school_id=school_id, partner_id=partner_id))
    return row


async def _row(session: AsyncSession, school_id: UUID) -> SchoolPartnerRow:
    """Made if there was none; locked, so that two changes never mix."""
    made = insert(school_partner).values(
        id=school_id, version=0, created_at=func.now(), updated_at=func.now()
    )
    await session.execute(made.on_conflict_do_nothing())
    return await queries.link_row(session, school_id)
