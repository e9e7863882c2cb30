"""Keeping the tables of editions. The rows have no versions, so nothing is announced."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.outcomes.scorecards.published_tables import queries
from services.outcomes.scorecards.published_tables.records import PublishedTableRow
from services.outcomes.scorecards.published_tables.rules import (
    Published,
    tables_of,
    written,
)
from shared.contracts.outcomes.scorecard import ScorecardReport

ROWS_AT_ONCE = 500


async def keep(session: AsyncSession, edition_id: UUID, tables: Sequence[Published]) -> None:
    rows = [
        table._asdict() | {
            "edition_id": edition_id,
            "place_ids": sorted(table.place_ids),
            "covers": sorted(table.covers),
            "cells": written(table.cells),
        }
        for table in tables
    ]  # fmt: skip
    for at in range(0, len(rows), ROWS_AT_ONCE):
        known = insert(PublishedTableRow).values(rows[at : at + ROWS_AT_ONCE])
        await session.execute(known.on_conflict_do_nothing())


async def take_up(session: AsyncSession) -> None:
    """Keeps the tables of the editions of earlier releases, which stand in their reports."""
    for edition_id, published_at, report in await queries.not_taken_up(session):
        stood = ScorecardReport.model_validate_json(report)
        shown = list(tables_of(stood, published_at))
        tables = await queries.placed(session, shown, stood.places, stood.minimum_cell)
        await keep(session, edition_id, tables)
