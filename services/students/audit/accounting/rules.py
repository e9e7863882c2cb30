"""The disclosure log in plain words, and the disclosures that the family may stop.

Basis: 34 CFR 99.32(c) (the right to inspect the record of disclosures), 99.30, 99.31, 99.37.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from services.students.access.consents_in_force.rules import ConsentFact, Wanted
from services.students.access.consents_in_force.rules import in_force as consent_in_force
from services.students.access.policy.rules import Decision
from services.students.access.relations.rules import Facts
from shared.contracts import words
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Basis, Category, Relation
from shared.contracts.students.disclosure import DisclosureOutcome, DisclosureParty
from shared.contracts.words import word
from shared.security.principal import FAMILY, Role

B = Basis
NOTHING_NAMED = "whether there is such a child"
WHO = {
    Role.DISTRICT_ADMIN: "An administrator",
    Role.EDUCATOR: "A teacher or school leader",
    Role.CASE_WORKER: "A case worker",
    Role.PARTNER_ADMIN: "An administrator",
    Role.PARTNER_SYSTEM: "The computer system",
    Role.LINK_HOLDER: "Somebody with a link from the school",
    Role.GUARDIAN: "A parent or guardian",
    Role.STUDENT: "A student",
}
OF_SCHOOL = frozenset({Role.DISTRICT_ADMIN, Role.EDUCATOR})
REFUSED = "It was refused: nothing allowed it."
ASK_DISTRICT = "Talk to the district, which decides on it."
NO_STOP = {
    B.KEEPER: f"The law lets the keeper of the record use it. {ASK_DISTRICT}",
    B.SCHOOL_STAFF: "The law lets the school's staff see what they need. Talk to the school.",
    B.PARENT: "It is a parent's own right; only a court order limits it. Talk to the district.",
    B.STUDENT: "It is the student's own right.",
    B.OWN_RECORD: "It is the organization's own record. End the engagement, or talk to it.",
    B.SCHOOL_OFFICIAL: f"The law lets it act for the school without consent. {ASK_DISTRICT}",
    B.STUDIES: f"The law lets the district have studies made without consent. {ASK_DISTRICT}",
    B.AUDIT: f"The law lets it audit or evaluate without consent. {ASK_DISTRICT}",
    B.EMERGENCY: "It ended within a day, and the district reviews it. Talk to the district.",
}
NOTHING_RELEASED = "Nothing was released."
STOPPED = "This has ended already: today nothing would be released on this ground."
STOP_CONSENT = (
    "Takes back the consent that allowed this, with everything in it ({all}), and says no to {what}"
    " for {whom}, {purpose}, whoever else said yes."
)
STOP_OF_KIND = (
    "Says no to {what} for {whom} alone, {purpose}, whoever else said yes. The consent to other"
    " organizations of its kind stands; take it back to end it for all of them."
)
STOP_DIRECTORY = "Opts out of directory information: no organization gets it any longer."


@dataclass(frozen=True, slots=True)
class Line:
    """The values from which the words of a line are made."""

    outcome: DisclosureOutcome
    role: Role
    organization_id: UUID | None
    organization: str | None
    organization_kind: str | None
    organization_parent: UUID | None
    purpose: Purpose
    basis: Basis | None
    categories: tuple[Category, ...]
    consent_id: UUID | None = None


def may_read(decision: Decision, child: Facts) -> bool:
    """Whether the viewer is a parent with rights, the eligible student, or the record's keeper."""
    if decision.relation is Relation.SELF:
        return child.eligible
    return decision.relation in {Relation.GUARDIAN, Relation.DISTRICT}


def party(line: Line, sources: Collection[UUID]) -> DisclosureParty:
    if line.basis in {B.PARENT, B.STUDENT}:
        return DisclosureParty.FAMILY
    own = line.organization_id in sources or line.organization_parent in sources
    if line.role in OF_SCHOOL and own:
        return DisclosureParty.SCHOOL
    return DisclosureParty.ORGANIZATION


def who(line: Line, sources: Collection[UUID]) -> str:
    if line.basis is B.PARENT:
        return "A parent or guardian, of your own family"
    if line.basis is B.STUDENT:
        return "The student"
    somebody = WHO.get(line.role, "Somebody")
    if line.role in FAMILY:
        return somebody
    name = line.organization or "an organization not known here"
    own = party(line, sources) is DisclosureParty.SCHOOL
    return f"{somebody} of {name}{', your own school or district' if own else ''}"


def what(categories: Iterable[Category]) -> str:
    return "; ".join(map(word, categories)) or NOTHING_NAMED


def why(line: Line) -> str:
    clause = REFUSED if line.basis is None else words.why(line.basis)
    return f"Asked {word(line.purpose)}. {clause}"


def stop(line: Line, child: Facts) -> tuple[str | None, str | None]:
    """The effect of stopping the disclosure, or the reason why it cannot be stopped."""
    if line.outcome is not DisclosureOutcome.RELEASED or line.basis is None:
        return None, NOTHING_RELEASED
    if line.basis is B.DIRECTORY:
        return (None, STOPPED) if child.opted_out else (STOP_DIRECTORY, None)
    if line.basis is not B.CONSENT:
        return None, NO_STOP[line.basis]
    if not still_flowing(line, child):
        return None, STOPPED
    return stop_consent(line, child), None


def stop_consent(line: Line, child: Facts) -> str:
    consent = _consent(line, child)
    sentence = STOP_OF_KIND if of_kind(line, child) else STOP_CONSENT
    return sentence.format(
        all=what(c for c in Category if consent is not None and c in consent.categories),
        what=what(ends(line, child)),
        whom=line.organization or "this organization",
        purpose=word(line.purpose),
    )


def of_kind(line: Line, child: Facts) -> bool:
    """Whether the family gave the consent to a kind of partners, not to this one."""
    consent = _consent(line, child)
    return consent is not None and consent.partner_id is None


def ends(line: Line, child: Facts) -> list[Category]:
    """The categories that stopping refuses: those of the line; and, where the consent stands for
    others of the kind, all that it would let this organization have."""
    consent = _consent(line, child)
    more = consent.categories if consent and consent.partner_id is None else frozenset()
    return [category for category in Category if category in {*line.categories, *more}]


def _consent(line: Line, child: Facts) -> ConsentFact | None:
    return next((c for c in child.consents if c.id == line.consent_id), None)


def still_flowing(line: Line, child: Facts) -> bool:
    """Whether a consent in force today lets the organization have any category of the line."""
    if line.organization_id is None:
        return False
    return any(
        consent_in_force(
            child.standing,
            Wanted(line.organization_id, line.organization_kind, line.purpose, category),
            child.today,
            child.entitled,
        )
        for category in line.categories
    )
