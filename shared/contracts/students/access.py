"""The categories of a child's record, and the clause that releases or withholds each."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer
from shared.contracts.purpose import Purpose


class Category(StrEnum):
    """The parts of a child's record that are released or withheld as one."""

    IDENTITY = "identity"
    """Name, grade and school."""
    CONTACTS = "contacts"
    ENROLLMENT = "enrollment"
    """School and class enrollments and the identifiers of the sources."""
    ENGAGEMENT = "engagement"
    ATTENDANCE = "attendance"
    DOSAGE = "dosage"
    RESOURCES = "resources"
    MEASURES = "measures"
    DEMOGRAPHICS = "demographics"
    """Birth date, sex, race, ethnicity and place of birth."""
    NOTES = "notes"
    """Restricted notes. Each note also has an audience of its own, which is narrower."""
    SUPPORT = "support"
    """What the child needs, and who was asked to help: referrals."""


EVENT_CATEGORIES: dict[str, Category] = {
    "students.student.rostered.v1": Category.IDENTITY,
    "students.attendance.counted.v1": Category.ATTENDANCE,
    "students.dosage.counted.v1": Category.DOSAGE,
    "students.engagement.changed.v1": Category.ENGAGEMENT,
    "resources.assignment.made.v1": Category.RESOURCES,
    "resources.assignment.finished.v1": Category.RESOURCES,
    "resources.assignment.withdrawn.v1": Category.RESOURCES,
    "resources.use.recorded.v1": Category.RESOURCES,
    "outcomes.measure.changed.v1": Category.MEASURES,
}
"""The category that an event about a child discloses. An event whose type is neither here nor in
`FAMILYS_EVENTS` reaches nobody outside the platform."""

FAMILYS_EVENTS = frozenset({
    "students.consent.changed.v1",
    "students.consent-request.changed.v1",
    "students.proposal.changed.v1",
    "students.referral.changed.v1",
    "students.emergency-access.opened.v1",
    "students.emergency-access.ended.v1",
    "students.emergency-access.reviewed.v1",
})  # fmt: skip
"""Events about the rights in a child's record. They reach its family and its district alone."""

PARTNERS_OWN = frozenset({Category.ENGAGEMENT, Category.DOSAGE, Category.NOTES})
"""In these categories a partner's live engagement opens the partner's own records alone."""


class Relation(StrEnum):
    """The relation of the viewer to the child. Of several, the strongest counts."""

    DISTRICT = "district"
    TEACHER = "teacher"
    SCHOOL_LEADER = "school-leader"
    PARTNER = "partner"
    GUARDIAN = "guardian"
    SELF = "self"
    EMERGENCY = "emergency"
    """No other relation than an emergency access, which lasts a day at most."""


class Basis(StrEnum):
    """The legal basis of a disclosure. Each disclosure names exactly one (34 CFR
    99.32(a)(3)(ii), 99.31)."""

    KEEPER = "keeper"
    """The district's own administrators (99.31(a)(1)(i)(A))."""
    SCHOOL_STAFF = "school_staff"
    """Staff of the child's school with a legitimate educational interest (99.31(a)(1)(i)(A))."""
    PARENT = "parent"
    """A parent's own right (99.10)."""
    STUDENT = "student"
    """The student's own right (99.10, 99.31(a)(12))."""
    OWN_RECORD = "own_record"
    """The records of the viewer's own organization about its own participant (99.3)."""
    CONSENT = "consent"
    """The family's consent under an agreement (99.30)."""
    SCHOOL_OFFICIAL = "school_official"
    """A contractor under the district's direct control (99.31(a)(1)(i)(B))."""
    STUDIES = "studies"
    """99.31(a)(6)."""
    AUDIT = "audit"
    """99.31(a)(3), 99.35."""
    DIRECTORY = "directory"
    """Directory information not opted out of (99.31(a)(11), 99.37)."""
    EMERGENCY = "emergency"
    """Health or safety (99.31(a)(10), 99.36)."""


class ContactScope(StrEnum):
    """The contacts whose details are shown where the category `contacts` is released."""

    ALL = "all"
    UNRESTRICTED = "unrestricted"
    """All contacts but those under a restriction in force."""
    LEGAL_GUARDIANS = "legal-guardians"
    """Unrestricted legal guardians only. Other contacts are not even listed."""


class Clause(Answer):
    """One category and the rule, in plain words, that releases or withholds it."""

    category: Category
    clause: str
    basis: Basis | None = Field(default=None, description="Null for a withheld category.")
    agreement_id: UUID | None = None
    consent_id: UUID | None = None
    further_parties: list[UUID] = Field(
        default=[],
        description="The parties to which the partner may redisclose it, as the agreement names"
        " them. The partner may redisclose it to nobody else (34 CFR 99.33).",
    )


class Access(Answer):
    """The categories of this child that the viewer sees at this moment, for one purpose, each with
    its clause."""

    relation: Relation
    purpose: Purpose
    released: list[Clause]
    withheld: list[Clause]


class SimulatedAccess(Answer):
    """The categories of this child that an organization's people would see today, for one purpose.
    Nothing is disclosed to them by it."""

    organization_id: UUID
    organization_name: str
    role: str
    purpose: Purpose
    known: bool = Field(description="Whether they may know that there is such a child.")
    released: list[Clause]
    missing: list[Clause] = Field(
        description="The withheld categories, each with the condition that would release it."
    )
