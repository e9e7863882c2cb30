"""Reading the measures of one child."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from services.outcomes.observations.child_measures.records import (
    AttendanceMeasureRow,
    DosageMeasureRow,
)
from services.outcomes.observations.child_measures.rules import (
    chronically_absent,
    dosage_reached,
    share,
)
from shared.contracts.outcomes.measure import (
    AttendanceMeasure,
    DosageMeasure,
    StudentMeasures,
)
from shared.persistence.database import Reading
from shared.security.grants import Category, Grant, ensure_granted

MOST_YEARS = 30
MOST_ENGAGEMENTS = 200


async def measures(reader: Reading, grant: Grant, student_id: UUID) -> StudentMeasures:
    """Of the child the grant names. Nothing known and nothing measured answer alike: empty."""
    ensure_granted(grant, student_id, Category.MEASURES)
    return StudentMeasures(
        student_id=student_id,
        attendance=await _attendance(reader, student_id),
        dosage=await _dosage(reader, student_id),
    )


async def _attendance(reader: Reading, student_id: UUID) -> list[AttendanceMeasure]:
    table = AttendanceMeasureRow
    found = (
        select(
            col(table.school_year),
            col(table.days_enrolled),
            col(table.days_attended),
            col(table.as_of),
        )
        .where(col(table.student_id) == student_id)
        .order_by(col(table.school_year).desc())
        .limit(MOST_YEARS)
    )
    return [
        AttendanceMeasure(
            school_year=year,
            days_enrolled=enrolled,
            days_attended=attended,
            attendance_rate=share(attended, enrolled),
            chronically_absent=chronically_absent(enrolled, attended),
            as_of=as_of,
        )
        for year, enrolled, attended, as_of in await reader.execute(found)
    ]


async def _dosage(reader: Reading, student_id: UUID) -> list[DosageMeasure]:
    table = DosageMeasureRow
    found = (
        select(
            col(table.engagement_id),
            col(table.program_id),
            col(table.planned_minutes),
            col(table.delivered_minutes),
            col(table.as_of),
        )
        .where(col(table.student_id) == student_id)
        .order_by(col(table.as_of).desc(), col(table.engagement_id))
        .limit(MOST_ENGAGEMENTS)
    )
    return [
        DosageMeasure(
            engagement_id=engagement_id,
            program_id=program_id,
            planned_minutes=planned,
            delivered_minutes=delivered,
            share=share(delivered, planned),
            reached=dosage_reached(planned, delivered),
            as_of=as_of,
        )
        for engagement_id, program_id, planned, delivered, as_of in await reader.execute(found)
    ]
