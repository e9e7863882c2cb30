"""Query parameters that narrow a list, each described once for all routes. A parameter that is
left out narrows nothing."""

from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BeforeValidator

from shared.contracts.students.caseload import CaseloadOrder
from shared.formats.texts import cleaned

T = TypeVar("T")
AS_KEPT = BeforeValidator(cleaned)
"""For a parameter that is compared with a text that is kept."""
STORABLE = r"^[^\x00-\x1f\x7f]*$"


def nothing() -> list[Any]:
    """The default of a parameter that may be repeated. pydantic looks at a default's signature at
    each request; that of `list` is a text, which takes longer to parse than a list to read."""
    return []


MOST_IDS = 200
OfIds = Annotated[
    list[UUID],
    Query(
        alias="id", default_factory=nothing, max_length=MOST_IDS,
        description="Only those with one of these ids: repeat it, at most 200 times. An id that is not"
        " found, or is hidden from the caller, is left out.",
    ),
]  # fmt: skip
OfStatus = Annotated[T | None, Query(description="Only those with this status.")]
OfOutcome = Annotated[T | None, Query(description="Only those with this outcome.")]
OfPartner = Annotated[UUID | None, Query(description="Only those of this partner.")]
OfPartnership = Annotated[UUID | None, Query(description="Only those of this partnership.")]
OfProgram = Annotated[UUID | None, Query(description="Only those of this program.")]
OfSchool = Annotated[UUID | None, Query(description="Only those of this school.")]
OfClass = Annotated[UUID | None, Query(description="Only those of this class.")]
OfStudent = Annotated[
    UUID | None,
    Query(
        description="Only those of this child. For a child hidden from the caller the list is empty."
    ),
]
OfIndicator = Annotated[UUID | None, Query(description="Only those of this indicator.")]
OfResource = Annotated[UUID | None, Query(description="Only those of this resource.")]
OfScorecard = Annotated[UUID | None, Query(description="Only those of this scorecard.")]
Mine = Annotated[bool, Query(description="Only the caller's own.")]
CaseOrder = Annotated[
    CaseloadOrder, Query(description="The order: by name, or the greatest need first.")
]
OfCaseWorker = Annotated[
    bool, Query(description="Only children with an engagement whose case worker is the caller.")
]
ByIdentifier = Annotated[
    str | None,
    AS_KEPT,
    Query(
        min_length=1, max_length=255, pattern=STORABLE,
        description="Only those with this identifier in the system that the records come from.",
    ),
]  # fmt: skip
