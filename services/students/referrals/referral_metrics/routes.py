"""Figures of referrals over HTTP."""

from typing import Annotated

from fastapi import Query

from services.students.referrals.referral_metrics import queries
from shared.contracts.students.referral_metric import MetricsBy, ReferralMetrics
from shared.core.clock import Today
from shared.http.route import noun
from shared.persistence.database import Reader
from shared.security.callers import ReferralsSenderOrReferralsAnswerer

router = noun("referral-metrics")
By = Annotated[MetricsBy, Query(description="What the groups are.")]


@router.get("")
async def read_referral_metrics(
    caller: ReferralsSenderOrReferralsAnswerer, reader: Reader, today: Today,
    by: By = MetricsBy.PROGRAM,
) -> ReferralMetrics:  # fmt: skip
    """How referrals were answered and served, and how they ended: a district's of its children, a
    partner's to its programs, an educator's own. They are counts, and name no child."""
    return await queries.metrics(reader, caller, by, today)
