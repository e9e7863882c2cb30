"""The words for the parts of a record, for purposes and for bases: one list for everybody.

A code (`category.attendance`) names a text in each language. Families, partners and districts read
the same words, so that a consent, an agreement and the disclosure log name a part alike. Codes
keep their meaning; texts may be improved. A sentence is made around a text, which stands alone:

- `category.*`: what is seen ("may see school attendance");
- `purpose.*`: what for, of one child ("asked to serve the child");
- `basis.*`: what the law rests on ("since it is a study for the district");
- `basis.*.why`: the same as a sentence, with its place in 34 CFR part 99.
"""

from enum import StrEnum

from shared.contracts.partners.agreement import LegalBasis
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Basis, Category

Worded = Category | Purpose | Basis | LegalBasis
KINDS: dict[type[Worded], str] = {
    Category: "category",
    Purpose: "purpose",
    Basis: "basis",
    LegalBasis: "basis",
}


class Language(StrEnum):
    """As BCP 47 spells it."""

    ENGLISH = "en"


ENGLISH = {
    "category.identity": "name, grade and school",
    "category.contacts": "contacts with phone and e-mail",
    "category.enrollment": "schools and classes",
    "category.engagement": "participation in programs",
    "category.attendance": "school attendance",
    "category.dosage": "time spent in programs",
    "category.resources": "learning resources",
    "category.measures": "measures of attendance and progress",
    "category.demographics": "birth date, sex, race, ethnicity and place of birth",
    "category.notes": "support notes",
    "category.support": "needs and referrals to programs that help",
    "purpose.education": "to teach and run the school",
    "purpose.family": "for the family itself",
    "purpose.service": "to serve the child",
    "purpose.coordination": "to plan the child's support together",
    "purpose.evaluation": "to see how well a program works",
    "purpose.study": "for a study",
    "purpose.audit": "for an audit",
    "basis.keeper": "the district's duty to keep the record",
    "basis.school_staff": "work at the child's school",
    "basis.parent": "a parent's right",
    "basis.student": "the student's own right",
    "basis.own_record": "the organization's own record",
    "basis.consent": "the family's consent",
    "basis.school_official": "work for the school",
    "basis.studies": "a study for the district",
    "basis.audit": "an audit or evaluation",
    "basis.directory": "directory information",
    "basis.emergency": "an emergency of health or safety",
    "basis.keeper.why": "The district keeps the child's education record (34 CFR 99.31(a)(1)).",
    "basis.school_staff.why": (
        "Staff of the child's school need it for their work (34 CFR 99.31(a)(1))."
    ),
    "basis.parent.why": (
        "A parent or legal guardian may see the child's record"
        " unless a court order forbids it (34 CFR 99.4, 99.10)."
    ),
    "basis.student.why": "Students may see their own record (34 CFR 99.10).",
    "basis.own_record.why": (
        "The organization recorded it itself while serving the child (34 CFR 99.3)."
    ),
    "basis.consent.why": (
        "The family consented, under an agreement with the district (34 CFR 99.30)."
    ),
    "basis.school_official.why": (
        "The organization works for the school, by an agreement and under the school's control"
        " (34 CFR 99.31(a)(1)(i)(B))."
    ),
    "basis.studies.why": (
        "An agreement lets the organization do a study for the district (34 CFR 99.31(a)(6))."
    ),
    "basis.audit.why": "An agreement lets the organization audit or evaluate (34 CFR 99.31(a)(3)).",
    "basis.directory.why": (
        "Directory information may go out unless the family opts out (34 CFR 99.37)."
    ),
    "basis.emergency.why": "An emergency of health or safety was declared (34 CFR 99.36).",
}
TEXTS: dict[Language, dict[str, str]] = {Language.ENGLISH: ENGLISH}


def code(of: Worded) -> str:
    return f"{KINDS[type(of)]}.{of}"


def word(of: Worded, language: Language = Language.ENGLISH) -> str:
    """A phrase that stands in a sentence."""
    return TEXTS[language][code(of)]


def why(basis: Basis | LegalBasis, language: Language = Language.ENGLISH) -> str:
    """The basis as a sentence."""
    return TEXTS[language][f"{code(basis)}.why"]
