"""The disclosure log in plain words, and what the family may stop.

Basis: 34 CFR 99.32(c) (who may inspect the record of disclosures), 99.30, 99.31, 99.37.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from services.students.access.consents_in_force.rules import ConsentFact, Wanted
from services.students.access.consents_in_force.rules import in_force as consent_in_force
from services.students.access.policy.rules import Decision
from services.students.access.relations.rules import Facts
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Basis, Category, Relation
from shared.contracts.students.disclosure import DisclosureOutcome, DisclosureParty
from shared.security.principal import Role

C, B = Category, Basis
WHAT = {
    C.IDENTITY: "name, grade and school",
    C.CONTACTS: "contacts",
    C.ENROLLMENT: "schools and classes",
    C.ENGAGEMENT: "programs",
    C.ATTENDANCE: "school attendance",
    C.DOSAGE: "time spent in programs",
    C.RESOURCES: "assigned learning resources",
    C.MEASURES: "measures",
    C.DEMOGRAPHICS: "birth date, sex, race, ethnicity and place of birth",
    C.NOTES: "restricted notes",
}
NOTHING_NAMED = "whether there is such a child"
WHO = {
    Role.DISTRICT_ADMIN: "An administrator",
    Role.EDUCATOR: "A teacher or school leader",
    Role.CASE_WORKER: "A case worker",
    Role.PARTNER_ADMIN: "An administrator",
    Role.PARTNER_SYSTEM: "The computer system",
    Role.GUARDIAN: "A parent or guardian",
    Role.STUDENT: "A student",
}
OF_SCHOOL = frozenset({Role.DISTRICT_ADMIN, Role.EDUCATOR})
PURPOSES = {
    Purpose.EDUCATION: "to teach and run the school",
    Purpose.FAMILY: "for the family itself",
    Purpose.SERVICE: "to serve the child",
    Purpose.COORDINATION: "to agree on the child's support",
    Purpose.EVALUATION: "to evaluate a program",
    Purpose.STUDY: "for a study",
    Purpose.AUDIT: "for an audit",
}
WHY = {
    B.KEEPER: "The district keeps the child's education record (34 CFR 99.31(a)(1)).",
    B.SCHOOL_STAFF: "Staff of the child's school need it for their work (34 CFR 99.31(a)(1)).",
    B.PARENT: "A parent may see the own child's record (34 CFR 99.10).",
    B.STUDENT: "Students may see their own record (34 CFR 99.10).",
    B.OWN_RECORD: "The organization recorded it itself while serving the child (34 CFR 99.3).",
    B.CONSENT: "The family consented, under an agreement with the district (34 CFR 99.30).",
    B.SCHOOL_OFFICIAL: "It acts for the school under an agreement (34 CFR 99.31(a)(1)(i)(B)).",
    B.STUDIES: "An agreement lets it study for the district (34 CFR 99.31(a)(6)).",
    B.AUDIT: "An agreement lets it audit or evaluate (34 CFR 99.31(a)(3)).",
    B.DIRECTORY: "Directory information the family had not opted out of (34 CFR 99.37).",
    B.EMERGENCY: "An emergency of health or safety was declared (34 CFR 99.36).",
}
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
    """What the words are made of."""

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
    """The parents with rights, the eligible student, and the keeper of the record."""
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
    if line.role in {Role.GUARDIAN, Role.STUDENT}:
        return somebody
    name = line.organization or "an organization not known here"
    own = party(line, sources) is DisclosureParty.SCHOOL
    return f"{somebody} of {name}{', your own school or district' if own else ''}"


def what(categories: Iterable[Category]) -> str:
    return "; ".join(WHAT[category] for category in categories) or NOTHING_NAMED


def why(line: Line) -> str:
    clause = REFUSED if line.basis is None else WHY[line.basis]
    return f"Asked {PURPOSES[line.purpose]}. {clause}"


def stop(line: Line, child: Facts) -> tuple[str | None, str | None]:
    """What stopping would do, or why it cannot be."""
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
    word = _word(line, child)
    words = STOP_OF_KIND if of_kind(line, child) else STOP_CONSENT
    return words.format(
        all=what(c for c in Category if word is not None and c in word.categories),
        what=what(ends(line, child)),
        whom=line.organization or "this organization",
        purpose=PURPOSES[line.purpose],
    )


def of_kind(line: Line, child: Facts) -> bool:
    """The consent was given to a kind of partners, not to this one."""
    word = _word(line, child)
    return word is not None and word.partner_id is None


def ends(line: Line, child: Facts) -> list[Category]:
    """To what stopping says no: what was told; and, where the consent stands for others of the
    kind, all that it would let this organization have."""
    word = _word(line, child)
    more = word.categories if word is not None and word.partner_id is None else frozenset()
    return [category for category in Category if category in {*line.categories, *more}]


def _word(line: Line, child: Facts) -> ConsentFact | None:
    return next((c for c in child.consents if c.id == line.consent_id), None)


def still_flowing(line: Line, child: Facts) -> bool:
    """Whether any consent of today lets the organization have any of it."""
    if line.organization_id is None:
        return False
    return any(
        consent_in_force(
            child.consents,
            Wanted(line.organization_id, line.organization_kind, line.purpose, category),
            child.today,
            child.entitled,
        )
        for category in line.categories
    )
