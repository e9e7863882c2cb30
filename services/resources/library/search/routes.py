"""Search over HTTP."""

from typing import Annotated

from fastapi import Query

from services.resources.library.search import queries
from shared.contracts.grade import Grade
from shared.contracts.resources.search import Facet, ResourceSearch, SearchHits
from shared.http.filters import AS_KEPT, OfPartner, nothing
from shared.http.paging import Paging
from shared.http.route import internal, noun
from shared.persistence.database import Reader
from shared.security.callers import ComposerOrLibraryReader, LibraryReader

router = noun("resources")
composed = internal()
ONE_OF = "Only resources with one of these values, as `facets` of the answer names them."
Values = Annotated[
    list[Annotated[str, Query(max_length=2_000)]],
    AS_KEPT,
    Query(default_factory=nothing, max_length=50, description=ONE_OF),
]
Grades = Annotated[list[Grade], Query(default_factory=nothing, max_length=50, description=ONE_OF)]
ForAge = Annotated[
    int | None,
    Query(ge=0, le=120, description="Only resources for a child of this age, in years."),
]
Words = Annotated[
    str,
    Query(
        max_length=200,
        description="Every word must occur; the last one may be the beginning of a word.",
    ),
]


@router.get("")
async def search_resources(
    _: LibraryReader,
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
    facets: Annotated[
        bool, Query(description="Whether to count the facet values of all matches.")
    ] = True,
) -> ResourceSearch:
    """Search the shared library: with words the best matches first, without words the newest.

    A facet given more than once takes any of its values. A standard, by its CASE identifier, URI or
    code, includes all standards below it in its framework.
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
    _: ComposerOrLibraryReader,
    reader: Reader,
    q: Words,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> SearchHits:
    return await queries.hits(reader, q, limit)
