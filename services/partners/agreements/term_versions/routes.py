"""Versions of terms over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from services.partners.agreements.agreements.queries import agreement_terms
from services.partners.agreements.agreements.routes import Looker
from shared.contracts.partners.agreement import TermsVersion
from shared.core.refusals import refusals
from shared.http.route import noun
from shared.persistence.database import Reader

router = noun("versions", prefix="/v1/agreements/{agreement_id}/versions")
MOST = 1_000_000


@router.get("/{number}", responses=refusals(404))
async def read_version(
    agreement_id: UUID,
    number: Annotated[int, Path(ge=1, le=MOST, description="Which version, from 1.")],
    caller: Looker,
    reader: Reader,
) -> TermsVersion:
    """One version of the terms, from 1, with its signatures: also one that others have taken the
    place of. Its parties may read it for ever."""
    return await agreement_terms(reader, caller, agreement_id, number)
