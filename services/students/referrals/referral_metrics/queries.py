"""The referrals that the caller's figures count."""

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from services.students.participation.programs.records import offered_program, offering_partner
from services.students.referrals.referral_metrics import rules
from services.students.referrals.referral_metrics.rules import SentReferral
from services.students.referrals.referrals.queries import closed_days, state
from services.students.referrals.referrals.records import referral
from services.students.roster.students.records import student
from shared.contracts.students.referral import DeclineReason, ReferralOutcome, ReferralState
from shared.contracts.students.referral_metric import MetricsBy, ReferralGroup, ReferralMetrics
from shared.persistence.database import Reading
from shared.security.principal import Principal, Role

asking: Any = aliased(offering_partner, name="asking")
KEYS = {
    MetricsBy.PROGRAM: (referral.program_id, offered_program.name),
    MetricsBy.PARTNER: (referral.partner_id, offering_partner.name),
    MetricsBy.SENDER: (referral.from_id, asking.name),
}


async def metrics(
    reader: Reading, caller: Principal, by: MetricsBy, today: date
) -> ReferralMetrics:
    key, name = KEYS[by]
    found = (
        select(
            referral.student_id, state().label("state"), referral.sent_on, referral.answered_on,
            referral.decline_reason, referral.served_on, referral.outcome,
            key.label("key"), name.label("name"),
        )
        .join(student, student.id == referral.student_id)
        .join(offered_program, offered_program.program_id == referral.program_id)
        .outerjoin(offering_partner, offering_partner.partner_id == referral.partner_id)
        .outerjoin(asking, asking.partner_id == referral.from_id)
        .where(
            _own(caller), referral.sent_on.is_not(None), referral.state != ReferralState.IN_ERROR
        )
    )  # fmt: skip
    rows = (await reader.execute(found)).all()
    closed = await closed_days(reader, {row.student_id for row in rows})
    groups: defaultdict[Any, list[SentReferral]] = defaultdict(list)
    for row in rows:
        groups[row.key, row.name].append(
            SentReferral(
                ReferralState(row.state),
                row.sent_on, row.answered_on,
                DeclineReason(row.decline_reason) if row.decline_reason else None,
                row.served_on, ReferralOutcome(row.outcome) if row.outcome else None,
                closed[row.student_id],
            )
        )  # fmt: skip
    largest = sorted(groups.items(), key=lambda each: (-len(each[1]), each[0][0]))
    return ReferralMetrics(
        all=rules.figures((each for group in groups.values() for each in group), today),
        groups=[
            ReferralGroup(id=id, name=name, figures=rules.figures(group, today))
            for (id, name), group in largest
        ],
    )


def _own(caller: Principal) -> ColumnElement[bool]:
    """The condition of the caller's own: a district's those of its children, a partner's those to
    its programs, an educator's those that it wrote."""
    own: ColumnElement[bool]
    match caller.role:
        case Role.DISTRICT_ADMIN:
            own = student.source == caller.partner_id
        case Role.EDUCATOR:
            own = referral.sent_by == caller.account_id
        case _:
            own = referral.partner_id == caller.partner_id
    return own
