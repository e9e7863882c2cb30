"""Publishing editions."""

from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.outcomes.scorecards.editions import queries, rules
from services.outcomes.scorecards.editions.records import EditionRow
from services.outcomes.scorecards.reports.queries import report_anew
from services.outcomes.scorecards.scorecards.queries import scorecard_row
from shared.contracts.outcomes.edition import EditionPublished, EditionSummary, Headline
from shared.events.outbox import announce
from shared.security.principal import Principal

HEADLINES = TypeAdapter(list[Headline])


async def publish(
    session: AsyncSession, caller: Principal, scorecard_id: UUID, now: datetime
) -> EditionRow:
    scorecard = await scorecard_row(session, scorecard_id)
    stands = await report_anew(session, scorecard_id)

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
    )

    summary = EditionSummary.model_validate(edition)
    facts = summary.model_dump(exclude={"id", "partnership_name"})
    announce(session, edition, EditionPublished(edition_id=edition.id, **facts))
    return edition
