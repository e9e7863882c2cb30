"""Merges staged courses and classes."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.roster.classes import queries
from services.students.roster.merging.rules import (
    STATUS,
    Mode,
    end_missing,
    list_of,
    of_source,
    upsert,
)
from shared.contracts.students.access import Category
from shared.contracts.students.school import ClassWithStudents
from shared.security.principal import Principal

DISCLOSED = (Category.ENROLLMENT, Category.IDENTITY)


LISTS = {
    "grades": list_of("s.grades"),
    "subjects": list_of("s.subjects"),
    "subject_codes": list_of("s.subjectcodes"),
}
COURSES = upsert(
    "course",
    {
        "title": "s.title", "course_code": "s.coursecode", "org_id": "o.id",
        "school_year_id": "y.id", "status": STATUS, **LISTS,
    },
    f"""stage_courses s {of_source("org", "o", "s.orgsourcedid")}
        {of_source("academic_session", "y", "s.schoolyearsourcedid", left=True)}""",
)  # fmt: skip
# An enrollment without dates lasts as long as the terms of its class.
CLASSES = upsert(
    "class",
    {
        "title": "s.title", "course_id": "c.id", "class_code": "s.classcode",
        "class_type": "s.classtype", "location": "s.location", "school_id": "o.id",
        "periods": list_of("s.periods"), "term_ids": "terms.ids", "begins_on": "terms.begins_on",
        "ends_on": "terms.ends_on", "status": STATUS, **LISTS,
    },
    f"""stage_classes s {of_source("org", "o", "s.schoolsourcedid")}
        {of_source("course", "c", "s.coursesourcedid")}
        cross join lateral (
          select coalesce(array_agg(a.id order by a.starts_on, a.id), '{{}}') as ids,
                 min(a.starts_on) as begins_on, max(a.ends_on) as ends_on
          from academic_session a
          where a.source = cast(:source as uuid)
            and a.source_id = any({list_of("s.termsourcedids")})
        ) terms""",
)  # fmt: skip


async def merge(session: AsyncSession, source: dict[str, object], modes: dict[str, Mode]) -> None:
    for file, table, sql in (("courses", "course", COURSES), ("classes", "class", CLASSES)):
        if file in modes:
            for statement in sql:
                await session.execute(text(statement), source)
            if modes[file] == Mode.BULK:
                await session.execute(text(end_missing(table, f"stage_{file}")), source)


async def disclose_class(
    session: AsyncSession, caller: Principal, class_id: UUID
) -> ClassWithStudents:
    found = await queries.one_class(session, caller, class_id)
    ids = [child.id for child in found.students]
    await disclosures.release_list(session, caller, ids, DISCLOSED)
    return found
