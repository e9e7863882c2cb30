"""Takes staged children in, and announces each whom the import touched."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.exchange.student_loading import rules
from services.students.roster.merging.rules import Mode
from shared.contracts.students.student import StudentRostered
from shared.events.outbox import announce_many

CONTACTS = (rules.LINKS, rules.NEW_LINKS, rules.CHANGED_LINKS)


async def merge(session: AsyncSession, source: dict[str, object], modes: dict[str, Mode]) -> None:
    """Children and what belongs to each, once people and roles are merged."""
    demographics = modes.get("demographics", Mode.ABSENT)
    known = source | {"demographics": str(demographics)}
    await session.execute(text(rules.CONCERNED), known)
    # A bulk file speaks of all children; a delta of those it has; none of nobody.
    told = "true" if demographics == Mode.BULK else "d.sourcedid is not null"
    if demographics == Mode.DELTA:
        told = "exists (select from stage_demographics x where x.sourcedid = p.source_id)"
    await session.execute(text(rules.STUDENTS.format(told=told)), source)
    await session.execute(text("analyze student"))
    if demographics != Mode.ABSENT:
        await session.execute(text(rules.DEMOGRAPHICS_GONE), known)
        await session.execute(text(rules.DEMOGRAPHICS), source)
    if "users" in modes:
        await session.execute(text(rules.IDENTIFIERS_GONE), source)
        await session.execute(text(rules.IDENTIFIERS_NEW), source)


async def merge_contacts(session: AsyncSession, source: dict[str, object]) -> None:
    for sql in CONTACTS:
        await session.execute(text(sql), source)


async def tell(session: AsyncSession) -> int:
    """Raises the version of every child that was touched, and announces it once."""
    await session.execute(text(rules.TELL))
    return await announce_many(session, StudentRostered, rules.ROSTERED)
