"""The decisions that stopping a disclosure makes (34 CFR 99.30, 99.37)."""

from datetime import timedelta

from services.students.access.relations.rules import Facts
from services.students.audit.accounting.rules import (
    NO_STOP,
    NOTHING_RELEASED,
    Line,
    ends,
    stop_consent,
)
from shared.contracts.purpose import PARTNER_PURPOSES
from shared.contracts.students.access import Basis
from shared.contracts.students.consent import ConsentDecision, ConsentDraft, Signing
from shared.contracts.students.disclosure import DisclosureOutcome
from shared.core.refusals import Conflict

TEXT_VERSION = "stop-2"
LANGUAGE = "en"
DAYS = 365
"""A refusal needs a period to be complete. It stands until a person with rights consents."""


def ensure_stoppable(line: Line) -> Basis:
    """The basis of the line. Raises `Conflict("stop-not-possible")`, with the office to talk to."""
    if line.outcome is not DisclosureOutcome.RELEASED or line.basis is None:
        raise Conflict("stop-not-possible", NOTHING_RELEASED)
    if line.basis in NO_STOP:
        raise Conflict("stop-not-possible", NO_STOP[line.basis])
    if line.basis is Basis.CONSENT and (
        line.organization_id is None or line.purpose not in PARTNER_PURPOSES
    ):
        raise Conflict(
            "stop-not-possible",
            "The log does not say to which organization this consent was given.",
        )
    return line.basis


def refusal(line: Line, signing: Signing, child: Facts) -> ConsentDraft:
    """A refusal to this organization, so that no older consent of another parent, and no consent to
    its kind, lets the disclosures go on."""
    return ConsentDraft(
        decision=ConsentDecision.REFUSED,
        partner_id=line.organization_id,
        purpose=line.purpose,
        categories=ends(line, child),
        begins_on=child.today,
        ends_on=child.today + timedelta(days=DAYS),
        text=stop_consent(line, child),
        text_version=TEXT_VERSION,
        language=LANGUAGE,
        **signing.model_dump(),
    )
