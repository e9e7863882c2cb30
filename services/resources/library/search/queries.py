"""Search. Every caller finds the same: the shared resources."""

from collections.abc import Iterable
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from services.resources.library.frameworks.queries import below, labels
from services.resources.library.resources.records import resource
from services.resources.library.search import rules
from services.resources.library.search.rules import Wanted
from shared.contracts.resources.resource import ResourceSummary
from shared.contracts.resources.search import (
    Facet,
    FacetValue,
    FoundResource,
    ResourceSearch,
    SearchHit,
    SearchHits,
)
from shared.http.paging import PageRequest
from shared.persistence.database import Reading

COLUMNS = ", ".join(
    f"r.{name}" for name in ResourceSummary.model_fields if hasattr(resource, name)
)
SUMMARY_CHARACTERS = 280


async def wanted(
    reader: Reading,
    words: str,
    facets: dict[Facet, list[str]],
    age: int | None,
    partner_id: UUID | None,
) -> Wanted:
    """The filters as tokens. A standard stands for itself and all standards below it in its
    framework."""
    tokens = {facet: rules.tokens(facet, values) for facet, values in facets.items() if values}
    if Facet.STANDARD in tokens:
        tokens[Facet.STANDARD] = rules.tokens(
            Facet.STANDARD, await below(reader, facets[Facet.STANDARD])
        )
    return Wanted(rules.words(words), tokens, age, partner_id)


async def search(
    reader: Reading, wanted: Wanted, paging: PageRequest, *, count: bool
) -> ResourceSearch:
    found = await found_page(reader, wanted, paging.limit + 1, paging.after())
    items = found[: paging.limit]
    more = len(found) > paging.limit
    answer = ResourceSearch(
        items=items,
        next=paging.to_next([items[-1].score, items[-1].id]) if more else None,
        total=None,
        exact=True,
        facets={},
    )
    return await counted(reader, wanted, answer) if count else answer


async def found_page(
    reader: Reading, wanted: Wanted, limit: int, after: list[Any] | None = None
) -> list[FoundResource]:
    statement = page_statement(wanted, after=after is not None)
    given = rules.parameters(wanted) | {"limit": limit}
    if after is not None:
        given["after_id"] = UUID(after[1])
        if wanted.words:
            given["after_score"] = after[0]
    rows = (await reader.execute(statement, given)).mappings()
    return [FoundResource.model_validate(dict(row)) for row in rows]


def page_statement(wanted: Wanted, *, after: bool) -> TextClause:
    build = rules.ranked_page if wanted.words else rules.newest_page
    return _clause(build(wanted, COLUMNS, after=after))


async def counted(reader: Reading, wanted: Wanted, answer: ResourceSearch) -> ResourceSearch:
    statement = rules.all_counts() if wanted.everything else rules.counts(wanted)
    rows = (await reader.execute(_clause(statement), rules.parameters(wanted))).all()
    total = next((row.resources for row in rows if row.facet == "total"), 0)
    answer.exact = wanted.everything or total <= rules.COUNTED
    answer.total = total if answer.exact else rules.COUNTED
    answer.facets = {facet: [] for facet in Facet}
    for row in rows:
        if row.facet != "total":
            counts = FacetValue(value=row.value, count=row.resources)
            answer.facets[Facet(row.facet)].append(counts)
    await _label(reader, answer.facets[Facet.STANDARD])
    return answer


async def _label(reader: Reading, standards: Iterable[FacetValue]) -> None:
    known = await labels(reader, [each.value for each in standards])
    for each in standards:
        each.label = known.get(each.value)


@cache
def _clause(statement: str) -> TextClause:
    """Parsed once and cached: there is one statement per combination of filters."""
    return text(statement)


async def hits(reader: Reading, words: str, limit: int) -> SearchHits:
    asked = Wanted(rules.words(words))
    if asked.everything:
        return SearchHits(items=[])
    return SearchHits(
        items=[
            SearchHit(
                id=found.id,
                title=found.name,
                summary=found.description[:SUMMARY_CHARACTERS],
                score=found.score,
            )
            for found in await found_page(reader, asked, limit)
        ]
    )
