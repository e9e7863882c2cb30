"""Reading the measures of one child, and those that changed."""

from uuid import UUID

from sqlalchemy import func, select

from services.outcomes.observations.attendance_measures.records import attendance_measure
from services.outcomes.observations.attendance_measures.rules import (
    HUNDREDTHS,
    chronically_absent,
)
from services.outcomes.observations.child_measures.records import dosage_measure
from services.outcomes.observations.child_measures.rules import (
    DOSAGE_REACHED_PERCENT,
    dosage_reached,
    share,
)
from shared.contracts.outcomes.measure import (
    AttendanceMeasure,
    DosageMeasure,
    StudentMeasures,
)
from shared.core.settings import from_environment
from shared.persistence.database import Reading
from shared.security.grants import Category, Grant, ensure_granted

MOST_YEARS = 30
MOST_ENGAGEMENTS = 200
DOSAGE_CHANGED = f"""
    select id as aggregate_id, version, jsonb_build_object(
      'student_id', student_id, 'measure', 'dosage_reached', 'school_year', null,
      'engagement_id', engagement_id, 'numerator', delivered_minutes,
      'denominator', planned_minutes, 'holds', case when planned_minutes > 0 then
        100 * delivered_minutes >= {DOSAGE_REACHED_PERCENT} * planned_minutes end) as data
    from dosage_measure where id = any(cast(:ids as uuid[])) order by id
"""


async def measures(reader: Reading, grant: Grant, student_id: UUID) -> StudentMeasures:
    """The measures of the child that the grant names. An unknown child and one without measures
    answer alike: empty."""
    ensure_granted(grant, student_id, Category.MEASURES)
    return StudentMeasures(
        student_id=student_id,
        attendance=await _attendance(reader, student_id),
        dosage=await _dosage(reader, student_id),
    )


async def _attendance(reader: Reading, student_id: UUID) -> list[AttendanceMeasure]:
    days = attendance_measure.days_attended
    found = (
        select(
            attendance_measure.school_year,
            attendance_measure.days_enrolled,
            days,
            func.coalesce(attendance_measure.hundredths_attended, days * HUNDREDTHS),
            attendance_measure.as_of,
        )
        .where(attendance_measure.student_id == student_id)
        .order_by(attendance_measure.school_year.desc())
        .limit(MOST_YEARS)
    )
    least = from_environment().chronic_absence_least_days
    return [
        AttendanceMeasure(
            school_year=year,
            days_enrolled=enrolled,
            days_attended=attended,
            attendance_rate=share(hundredths, enrolled * HUNDREDTHS),
            chronically_absent=chronically_absent(enrolled, hundredths, least),
            as_of=as_of,
        )
        for year, enrolled, attended, hundredths, as_of in await reader.execute(found)
    ]


async def _dosage(reader: Reading, student_id: UUID) -> list[DosageMeasure]:
    found = (
        select(
            dosage_measure.engagement_id,
            dosage_measure.program_id,
            dosage_measure.planned_minutes,
            dosage_measure.delivered_minutes,
            dosage_measure.as_of,
        )
        .where(dosage_measure.student_id == student_id)
        .order_by(dosage_measure.as_of.desc(), dosage_measure.engagement_id)
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
