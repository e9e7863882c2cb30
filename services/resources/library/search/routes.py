"""Search over HTTP."""

from typing import Annotated

from fastapi import Query

from services.resources.library.search import queries
from shared.contracts.resources.resource import Grade
from shared.contracts.resources.search import Facet, ResourceSearch, SearchHits
from shared.http.filters import OfPartner
from shared.http.paging import Paging
from shared.http.route import internal, noun
from shared.persistence.database import Reader
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("resources")
composed = internal()
Anybody = Annotated[Principal, may(Permission.LIBRARY_READ)]
Composer = Annotated[Principal, may(Permission.COMPOSE, Permission.LIBRARY_READ)]
ONE_OF = "Only what has one of these values, as `facets` of the answer names them."
Values = Annotated[
    list[Annotated[str, Query(max_length=2_000)]],
    Query(default_factory=list, max_length=50, description=ONE_OF),
]
Grades = Annotated[list[Grade], Query(default_factory=list, max_length=50, description=ONE_OF)]
ForAge = Annotated[
    int | None, Query(ge=0, le=120, description="Only what is for a child of this age, in years.")
]
Words = Annotated[str, Query(max_length=200, description="All must occur; the last may be begun.")]


@router.get("")
async def search_resources(
    _: Anybody,
    reader: Reader,
    paging: Paging,
    subject: Values,
    grade: Grades,
    type: Values,
    audience: Values,
    language: Values,
    standard: Values,
    license: Values,
    q: Words = "",
    age: ForAge = None,
    partner_id: OfPartner = None,
    facets: Annotated[bool, Query(description="Whether to count values to narrow by.")] = True,
) -> ResourceSearch:
    """Search the shared library: by words the best come first, without words the newest.

    A facet given more than once takes either value. A standard, by its CASE identifier, URI or
    code, takes in all that is below it in its framework.
    """
    narrowed: dict[Facet, list[str]] = {
        Facet.SUBJECT: subject,
        Facet.GRADE: [str(each) for each in grade],
        Facet.TYPE: type,
        Facet.AUDIENCE: audience,
        Facet.LANGUAGE: language,
        Facet.STANDARD: standard,
        Facet.LICENSE: license,
    }
    wanted = await queries.wanted(reader, q, narrowed, age, partner_id)
    return await queries.search(reader, wanted, paging, count=facets)


@composed.get("/search")
async def search_for_all(
    _: Composer, reader: Reader, q: Words, limit: Annotated[int, Query(ge=1, le=50)] = 10
) -> SearchHits:
    return await queries.hits(reader, q, limit)
