"""The states of a referral, the clocks between them, and what may be told.

Nobody gets an identity by being named as the recipient: the partner reads a referral on the ground
of an agreement, and of the family's consent where the agreement asks for one (34 CFR 99.30, 99.31).
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from services.students.access.legal_bases import rules as legal_bases
from services.students.access.legal_bases.rules import Ground, Terms
from services.students.access.policy.rules import partner_viewer, terms_of
from services.students.access.relations.rules import Facts
from services.students.roster.school_calendar.rules import SATURDAY
from shared.contracts.students.access import Category
from shared.contracts.students.engagement import EngagementStage
from shared.contracts.students.referral import LIVE_STATES, ReferralState
from shared.contracts.words import word
from shared.core.refusals import Conflict, Forbidden
from shared.security.principal import Principal, Role

S = ReferralState
ANSWER_DAYS = 3  # school days; so are all clocks
CONTACT_DAYS = 5  # after the acceptance
SERVICE_DAYS = 15  # after the acceptance
OUTCOME_DAYS = 60  # after the sending
GRACE_DAYS = 10  # after the answer's clock the referral expires
CONSENT_DAYS = 365  # calendar days
TEXT_VERSION = "referral-1"
NEEDED = (Category.IDENTITY, Category.SUPPORT)
ENDED = frozenset({S.CLOSED, S.DECLINED, S.WITHDRAWN, S.EXPIRED, S.IN_ERROR})
BEFORE = frozenset({S.DRAFT, S.AWAITING_CONSENT})
BEGINNING = frozenset({S.AWAITING_CONSENT, S.SENT})
TAKEN = frozenset({S.ACCEPTED, S.CONTACTED, S.WAITLISTED, S.ENROLLED, S.SERVED})
FOLLOWS: dict[ReferralState, frozenset[ReferralState]] = {
    S.AWAITING_CONSENT: frozenset({S.DRAFT}),
    S.SENT: BEFORE,
    S.ACCEPTED: frozenset({S.SENT}),
    S.DECLINED: frozenset({S.SENT}),
    S.CONTACTED: frozenset({S.ACCEPTED}),
    S.WAITLISTED: frozenset({S.ACCEPTED, S.CONTACTED, S.ENROLLED}),
    S.ENROLLED: frozenset({S.ACCEPTED, S.CONTACTED, S.WAITLISTED}),
    S.SERVED: frozenset({S.ACCEPTED, S.CONTACTED, S.WAITLISTED, S.ENROLLED}),
    S.CLOSED: TAKEN,
    S.WITHDRAWN: BEFORE | frozenset(LIVE_STATES),
    S.EXPIRED: frozenset({S.SENT}),
    S.IN_ERROR: frozenset(S) - {S.IN_ERROR},
}
"""state → the states that it may follow. Later evidence carries what lies before it: a first session
ends the clock of the contact."""
BY_STAGE = {
    EngagementStage.WAITLISTED: S.WAITLISTED,
    EngagementStage.ENROLLED: S.ENROLLED,
    EngagementStage.ACTIVE: S.ENROLLED,
}
# ICD-10-CM ("F90.0") and the schedules of controlled substances ("Schedule II", "C-II").
CLINICAL = re.compile(
    r"\b[A-TV-Z]\d[0-9AB]\.[0-9A-Z]{1,4}\b|\b[Ss]chedule\s+I{1,3}V?\b|\bC-I{1,3}V?\b"
)


def ensure_next(state: ReferralState, wanted: ReferralState) -> None:
    if state not in FOLLOWS[wanted]:
        raise Conflict("state-not-next", f"A referral that is {state} cannot become {wanted}.")


def ensure_taken(state: ReferralState) -> None:
    if state not in TAKEN:
        raise Conflict("state-not-next", f"A referral that is {state} has no contacts.")


def ensure_sent(state: ReferralState) -> None:
    if state is not S.SENT:
        raise Conflict("state-not-next", f"A referral that is {state} waits for no answer.")


def ensure_no_engagement(engagement_id: UUID | None) -> None:
    if engagement_id is not None:
        raise Conflict(
            "already-engaged", f"The referral led to the engagement {engagement_id} already."
        )


def ensure_own(caller: Principal, sent_by: UUID) -> None:
    """The district acts on each referral of its children; school staff on their own."""
    if caller.role is not Role.DISTRICT_ADMIN and caller.account_id != sent_by:
        raise Forbidden("referral-of-another", "Somebody else wrote this referral.")


def ensure_same_author(caller: Principal, sent_by: UUID) -> None:
    if caller.account_id != sent_by:
        raise Conflict("id-taken", "Make another id: this one is in use.")


def ensure_none_live(referral_id: UUID | None) -> None:
    if referral_id is not None:
        raise Conflict(
            "already-referred", f"The child's referral {referral_id} to this program is under way."
        )


def ensure_not_clinical(text: str | None) -> None:
    """The platform keeps no diagnosis and no medication: a need is said in what would help."""
    found = CLINICAL.search(text or "")
    if found:
        raise Conflict(
            "clinical-content",
            f'"{found[0]}" looks like a diagnosis or a medication; say what would help instead.',
        )


def ensure_not_extended(*, extended: bool) -> None:
    if extended:
        raise Conflict("extended-before", "The last day for an answer was moved once already.")


class Told(NamedTuple):
    """The parts that the partner may have, each on its ground, and the others, each with what is
    missing."""

    grounds: dict[Category, Ground]
    missing: dict[Category, str]


def told(partner_id: UUID, program_id: UUID, parts: Collection[Category], child: Facts) -> Told:
    """What the partner may have of `parts`, once the child is referred to the program. `child`: the
    facts about the child for this partner."""
    terms = _terms(partner_id, program_id, child)
    shared = legal_bases.shared(terms)
    return Told(
        {part: shared[part] for part in parts if part in shared},
        {part: legal_bases.missing(terms, part) for part in parts if part not in shared},
    )


def _terms(partner_id: UUID, program_id: UUID, child: Facts) -> Terms:
    referred = replace(child, referred=child.referred | {(partner_id, program_id)})
    return terms_of(partner_id, partner_viewer(partner_id, partner_id), referred)


def ensure_ground(found: Told) -> None:
    """Refuses where the partner could not read who is referred, and why."""
    lacking = [found.missing[part] for part in NEEDED if part in found.missing]
    if lacking:
        raise Conflict("ground-missing", " ".join(dict.fromkeys(lacking)))


def consent_text(partner: str, program: str, parts: Sequence[Category], need: str) -> str:
    """The words to which the family says yes or no (34 CFR 99.30(b)): the records, the purpose and
    the party."""
    what = "; ".join(word(part) for part in parts)
    return (
        f"The school asks {partner} to help my child in the program {program}. The reason: {need}"
        f" I agree that the school lets {partner} have, for this alone: {what}. I can take this back"
        " at any time; then it gets nothing more and must delete what it has."
    )


def school_day_after(day: date, number: int, closed: Collection[date]) -> date:
    """The `number`-th school day after `day`: Monday to Friday without the closed days."""
    while number > 0:
        day += timedelta(days=1)
        number -= day.weekday() < SATURDAY and day not in closed
    return day


def school_days_between(first: date, last: date, closed: Collection[date]) -> int:
    """The number of school days after `first`, up to and including `last`."""
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(day.weekday() < SATURDAY and day not in closed for day in days)


class Clocks(NamedTuple):
    """The last day of each clock; None where it does not run."""

    answer_by: date | None = None
    contact_by: date | None = None
    service_by: date | None = None
    outcome_by: date | None = None


def clocks(
    state: ReferralState, sent_on: date | None, answered_on: date | None, closed: Collection[date]
) -> Clocks:
    """The clocks that run in this state. An ended referral has none."""
    if sent_on is None or state not in LIVE_STATES:
        return Clocks()
    outcome = school_day_after(sent_on, OUTCOME_DAYS, closed)
    if state is S.SENT or answered_on is None:
        return Clocks(school_day_after(sent_on, ANSWER_DAYS, closed), outcome_by=outcome)
    served = state is S.SERVED
    contacted = state is not S.ACCEPTED
    return Clocks(
        None,
        None if contacted else school_day_after(answered_on, CONTACT_DAYS, closed),
        None if served else school_day_after(answered_on, SERVICE_DAYS, closed),
        outcome,
    )


def last_day(sent_on: date, closed: Collection[date]) -> date:
    """The last day on which the partner can answer."""
    return school_day_after(sent_on, ANSWER_DAYS + GRACE_DAYS, closed)
