"""Who sees what of a child, and which clause says so."""

from enum import StrEnum

from shared.contracts.base import Answer


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


class Relation(StrEnum):
    """What the viewer is to the child; the strongest one counts."""

    DISTRICT = "district"
    TEACHER = "teacher"
    SCHOOL_LEADER = "school-leader"
    PARTNER = "partner"
    GUARDIAN = "guardian"
    SELF = "self"


class ContactScope(StrEnum):
    """Whose contact details are shown where the category `contacts` is released."""

    ALL = "all"
    UNRESTRICTED = "unrestricted"
    """All but those of a contact under a restriction in force."""
    LEGAL_GUARDIANS = "legal-guardians"
    """Of unrestricted legal guardians only; the others are not even listed."""


class Clause(Answer):
    """One category and the rule, in plain words, that releases or withholds it."""

    category: Category
    clause: str


class Access(Answer):
    """What the viewer sees of this child at this moment, and why."""

    relation: Relation
    released: list[Clause]
    withheld: list[Clause]
