"""Reading the measures of one child, and those that changed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, func, select

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
from shared.http.together import Granted
from shared.persistence.database import Reading
from shared.persistence.queries import json_rows
from shared.persistence.together import each_of, for_many
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


def _statement() -> Select[Any]:
    """The two lists of a child's measures, each as JSON."""
    child: Any = bindparam("student_id", type_=Uuid())
    days = attendance_measure.days_attended
    years = (
        select(
            attendance_measure.school_year,
            attendance_measure.days_enrolled,
            days,
            func.coalesce(attendance_measure.hundredths_attended, days * HUNDREDTHS).label(
                "hundredths"
            ),
            attendance_measure.as_of,
        )
        .where(attendance_measure.student_id == child)
        .order_by(attendance_measure.school_year.desc())
        .limit(MOST_YEARS)
    )
    engagements = (
        select(
            dosage_measure.engagement_id,
            dosage_measure.program_id,
            dosage_measure.planned_minutes,
            dosage_measure.delivered_minutes,
            dosage_measure.as_of,
        )
        .where(dosage_measure.student_id == child)
        .order_by(dosage_measure.as_of.desc(), dosage_measure.engagement_id)
        .limit(MOST_ENGAGEMENTS)
    )
    return select(
        json_rows(select(years.subquery("years"))).label("attendance"),
        json_rows(select(engagements.subquery("engagements"))).label("dosage"),
    )


OF_CHILDREN = for_many(_statement())


async def measures(reader: Reading, grant: Grant, student_id: UUID) -> StudentMeasures:
    """The measures of the child that the grant names. An unknown child and one without measures
    answer alike: empty."""
    ensure_granted(grant, student_id, Category.MEASURES)
    return (await measures_of_many(reader, [Granted(0, grant)]))[0]


async def measures_of_many(
    reader: Reading, granted: Sequence[Granted]
) -> dict[int, StudentMeasures]:
    """The measures of each grant's child, by number."""
    children = {n: grant.student_id for n, grant in granted}
    asked = each_of({"n": n, "student_id": id} for n, id in children.items())
    return {
        row.n: StudentMeasures(
            student_id=children[row.n],
            attendance=[_year(**each) for each in row.attendance],
            dosage=[_engagement(**each) for each in row.dosage],
        )
        for row in await reader.execute(OF_CHILDREN, asked)
    }


def _year(*, days_enrolled: int, hundredths: int, **told: Any) -> AttendanceMeasure:
    least = from_environment().chronic_absence_least_days
    return AttendanceMeasure(
        days_enrolled=days_enrolled,
        attendance_rate=share(hundredths, days_enrolled * HUNDREDTHS),
        chronically_absent=chronically_absent(days_enrolled, hundredths, least),
        **told,
    )


def _engagement(*, planned_minutes: int, delivered_minutes: int, **told: Any) -> DosageMeasure:
    return DosageMeasure(
        planned_minutes=planned_minutes,
        delivered_minutes=delivered_minutes,
        share=share(delivered_minutes, planned_minutes),
        reached=dosage_reached(planned_minutes, delivered_minutes),
        **told,
    )
