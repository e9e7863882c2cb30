"""Publishing, withdrawing and replacing editions."""

from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.outcomes.scorecards.editions import queries, rules
from services.outcomes.scorecards.editions.records import EditionRow
from services.outcomes.scorecards.exposures.queries import controlled
from services.outcomes.scorecards.published_tables.actions import keep, take_up
from services.outcomes.scorecards.reports.queries import report_of
from services.outcomes.scorecards.scorecards.queries import one_scorecard, scorecard_row
from services.outcomes.scorecards.scorecards.rules import ensure_leads
from shared.contracts.outcomes.edition import (
    EditionPublished,
    EditionSummary,
    EditionWithdrawn,
    Headline,
    Withdrawal,
)
from shared.contracts.outcomes.exposure import Exposure
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.persistence.queries import one_at_a_time
from shared.security.principal import Principal

EDITIONS = "editions"
"""One is made at a time: two made at once would not see each other's figures."""
HEADLINES = TypeAdapter(list[Headline])


async def publish(
    session: AsyncSession,
    caller: Principal,
    scorecard_id: UUID,
    now: datetime,
    replaces: UUID | None = None,
) -> tuple[EditionRow, list[Exposure]]:
    """The edition, and the figures that it keeps or withholds for what was published before."""
    await one_at_a_time(session, EDITIONS)
    scorecard = await scorecard_row(session, scorecard_id)
    ensure_leads(caller, scorecard.partnership_id)
    await take_up(session)
    card = await one_scorecard(session, scorecard_id)
    found = await controlled(session, card)
    stands = await report_of(session, card, found.measured)

    headlines = rules.headlines(stands)

    edition = EditionRow(
        scorecard_id=scorecard_id,
        partnership_id=scorecard.partnership_id,
        partnership_name=stands.partnership_name,
        number=await queries.last_number(session, scorecard_id) + 1,
        title=scorecard.title,
        published_at=now,
        account_id=caller.account_id,
        report=stands.model_dump_json(),
        headlines=HEADLINES.dump_json(headlines).decode(),
        replaces=replaces,
    )

    summary = EditionSummary.model_validate(edition)
    event = EditionPublished.model_validate({**summary.model_dump(), "edition_id": edition.id})
    announce(session, edition, event)
    await session.flush()
    await keep(session, edition.id, found.tables)
    return edition, found.exposures


async def withdraw(
    session: AsyncSession,
    caller: Principal,
    edition_id: UUID,
    expected: int,
    wanted: Withdrawal,
    now: datetime,
) -> EditionRow:
    edition = await queries.edition_row(session, edition_id)
    ensure_version(edition, expected)

    ensure_leads(caller, edition.partnership_id)
    rules.ensure_stands(edition.withdrawn_at)

    _end(session, edition, wanted, now)
    return edition


async def replace(
    session: AsyncSession,
    caller: Principal,
    edition_id: UUID,
    expected: int,
    wanted: Withdrawal,
    now: datetime,
) -> tuple[EditionRow, list[Exposure]]:
    """The corrected edition: the scorecard as it stands now."""
    scorecard_id = await queries.scorecard_of(session, edition_id)
    await one_at_a_time(session, EDITIONS)
    await scorecard_row(session, scorecard_id)
    edition = await queries.edition_row(session, edition_id)
    ensure_version(edition, expected)

    rules.ensure_stands(edition.withdrawn_at)

    corrected, exposures = await publish(session, caller, scorecard_id, now, replaces=edition_id)
    edition.replaced_by = corrected.id
    _end(session, edition, wanted, now)
    return corrected, exposures


def _end(session: AsyncSession, edition: EditionRow, wanted: Withdrawal, now: datetime) -> None:
    edition.withdrawn_at, edition.reason = now, wanted.reason
    event = EditionWithdrawn.model_validate({**edition.model_dump(), "edition_id": edition.id})
    announce(session, edition, event)
