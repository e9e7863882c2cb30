"""Versions of terms over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from services.partners.agreements.agreements.queries import one_version
from shared.contracts.partners.agreement import TermsVersion
from shared.core.refusals import refusals
from shared.http.route import noun
from shared.persistence.database import Reader
from shared.security.callers import AgreementsReader

router = noun("versions", prefix="/v1/agreements/{agreement_id}/versions")
MOST = 1_000_000


@router.get("/{number}", responses=refusals(404))
async def read_version(
    agreement_id: UUID,
    number: Annotated[int, Path(ge=1, le=MOST, description="The number of the version, from 1.")],
    caller: AgreementsReader,
    reader: Reader,
) -> TermsVersion:
    """One version of the terms with its signatures, also one that a later version replaced. Its
    parties may always read it."""
    return await one_version(reader, caller, agreement_id, number)
