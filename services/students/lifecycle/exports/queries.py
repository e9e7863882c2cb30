"""Everything behind a child's picture. Whoever calls these has decided that the caller may have
the whole record."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from services.students.access.disclosures.records import DisclosureRow
from services.students.consent.consents.records import ConsentRow
from services.students.participation.attendance.records import AttendanceDayRow
from services.students.participation.engagements.records import EngagementRow, EngagementStepRow
from services.students.participation.programs.records import OfferingPartnerRow
from services.students.participation.sessions.records import ProgramSessionRow, SessionMarkRow
from shared.contracts.students.attendance import AttendanceDay
from shared.contracts.students.export import (
    ExportedConsent,
    ExportedDisclosure,
    ExportedMark,
    ExportedStep,
)
from shared.persistence.database import Reading
from shared.persistence.queries import columns, many

D: Any = AttendanceDayRow  # columns, where mypy would see values
E: Any = EngagementRow
H: Any = EngagementStepRow
M: Any = SessionMarkRow
P: Any = ProgramSessionRow
G: Any = ConsentRow
L: Any = DisclosureRow
O: Any = OfferingPartnerRow  # noqa: E741


async def attendance_days(reader: Reading, student_id: UUID) -> list[AttendanceDay]:
    return await many(reader, _of(AttendanceDay, D, student_id, D.held_on), AttendanceDay)


async def steps(reader: Reading, student_id: UUID) -> list[ExportedStep]:
    found = select(*columns(ExportedStep, H)).join(E, E.id == H.engagement_id)
    theirs = found.where(E.student_id == student_id).order_by(H.engagement_id, H.number)
    return await many(reader, theirs, ExportedStep)


async def marks(reader: Reading, student_id: UUID) -> list[ExportedMark]:
    found = (
        select(*columns(ExportedMark, M), P.held_on, P.starts_at, P.place)
        .join(P, P.id == M.session_id)
        .join(E, E.id == M.engagement_id)
        .where(E.student_id == student_id)
        .order_by(P.held_on, P.id)
    )
    return await many(reader, found, ExportedMark)


async def consents(reader: Reading, student_id: UUID) -> list[ExportedConsent]:
    found = _of(ExportedConsent, G, student_id, G.id).add_columns(O.name.label("partner_name"))
    return await many(reader, found.outerjoin(O, O.partner_id == G.partner_id), ExportedConsent)


async def disclosures(reader: Reading, student_id: UUID) -> list[ExportedDisclosure]:
    found = _of(ExportedDisclosure, L, student_id, L.position)
    named = found.add_columns(O.name.label("organization_name"))
    return await many(
        reader, named.outerjoin(O, O.partner_id == L.organization_id), ExportedDisclosure
    )


def _of(answer: Any, table: Any, student_id: UUID, by: Any) -> Select[Any]:
    return select(*columns(answer, table)).where(table.student_id == student_id).order_by(by)
