"""Merges staged organizations and academic sessions."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.roster.merging.rules import STATUS, Mode, end_missing, set_parent, upsert

ORGS = upsert(
    "org",
    {"name": "s.name", "type": "s.type", "identifier": "s.identifier", "status": STATUS},
    "stage_orgs s",
)
SESSIONS = upsert(
    "academic_session",
    {
        "title": "s.title", "type": "s.type", "starts_on": "s.startdate", "ends_on": "s.enddate",
        "school_year": "s.schoolyear", "status": STATUS,
    },
    "stage_academicsessions s",
)  # fmt: skip


async def merge(session: AsyncSession, source: dict[str, object], modes: dict[str, Mode]) -> None:
    for file, table, sql in (
        ("orgs", "org", ORGS), ("academicSessions", "academic_session", SESSIONS),
    ):  # fmt: skip
        if file in modes:
            stage = f"stage_{file.lower()}"
            for statement in sql:
                await session.execute(text(statement), source)
            await session.execute(text(set_parent(table, stage)), source)
            if modes[file] == Mode.BULK:
                await session.execute(text(end_missing(table, stage)), source)
