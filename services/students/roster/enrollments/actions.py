"""Merges staged enrollments."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.roster.merging.rules import STATUS, Mode, end_missing, of_source, upsert

ENROLLMENTS = upsert(
    "enrollment",
    {
        "class_id": "c.id", "person_id": "p.id", "role": "s.role", "is_primary": 's."primary"',
        "begins_on": "s.begindate", "ends_on": "s.enddate", "status": STATUS,
    },
    f"""stage_enrollments s {of_source("class", "c", "s.classsourcedid")}
        {of_source("person", "p", "s.usersourcedid")}""",
    touches="person_id",
)  # fmt: skip
ENDED = end_missing("enrollment", "stage_enrollments", touches="person_id")


async def merge(session: AsyncSession, source: dict[str, object], modes: dict[str, Mode]) -> None:
    if "enrollments" in modes:
        for statement in ENROLLMENTS:
            await session.execute(text(statement), source)
        if modes["enrollments"] == Mode.BULK:
            await session.execute(text(ENDED), source)
        await session.execute(text("analyze enrollment"))
