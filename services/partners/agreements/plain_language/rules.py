"""Terms put into plain sentences. Whoever reads them knows what the agreement allows, to whom,
for what, how long, and what it forbids."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.partners.agreements.terms.rules import Directory
from shared.contracts.partners.agreement import AgreementStatus, AgreementTerms, LegalBasis
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.contracts.students.student import Grade
from shared.core.days import local

CATEGORIES: Mapping[Category, str] = {
    Category.IDENTITY: "name, grade and school",
    Category.CONTACTS: "contacts",
    Category.ENROLLMENT: "school and class enrollments",
    Category.ENGAGEMENT: "participation in programs",
    Category.ATTENDANCE: "school attendance",
    Category.DOSAGE: "dosage of support",
    Category.RESOURCES: "assigned learning resources",
    Category.MEASURES: "measures of learning and well-being",
    Category.DEMOGRAPHICS: "birth date, sex, race, ethnicity and place of birth",
    Category.NOTES: "restricted notes of other organizations",
}
PURPOSES: Mapping[Purpose, str] = {
    Purpose.EDUCATION: "for their education",
    Purpose.FAMILY: "for their family",
    Purpose.SERVICE: "to serve them",
    Purpose.COORDINATION: "to agree on their support with the others who give it",
    Purpose.EVALUATION: "to evaluate programs",
    Purpose.STUDY: "for a study",
    Purpose.AUDIT: "for an audit",
}
GRADES: Mapping[Grade, str] = {
    Grade.INFANT_TODDLER: "infants and toddlers", Grade.PRESCHOOL: "preschool",
    Grade.PREKINDERGARTEN: "prekindergarten",
    Grade.TRANSITIONAL_KINDERGARTEN: "transitional kindergarten",
    Grade.KINDERGARTEN: "kindergarten", Grade.POSTSECONDARY: "college",
    Grade.UNGRADED: "ungraded classes", Grade.ADULT_BASIC: "adult basic education",
    Grade.ADULT_SECONDARY: "adult secondary education",
    Grade.ADULT_LANGUAGE: "adult English classes",
}  # fmt: skip


def reading(terms: AgreementTerms, known: Directory) -> list[str]:
    """What the terms allow while they are in force, and what they ask."""
    return [_allowed(terms, known), *_basis(terms), _kept(terms, known), _passed_on(terms, known)]


def standing(status: AgreementStatus, waited_for: Sequence[str], suspending: Sequence[str]) -> str:
    """How it stands. `waited_for`, `suspending`: the parties, by name."""
    why = {
        AgreementStatus.DRAFT: "it is a draft",
        AgreementStatus.PROPOSED: f"{_all(waited_for)} {_has(waited_for)} not signed",
        AgreementStatus.SIGNED: "it is signed by all and has not started",
        AgreementStatus.SUSPENDED: f"{_all(suspending)} {_has(suspending)} suspended it",
        AgreementStatus.ENDED: "it was ended",
        AgreementStatus.EXPIRED: "its time is over",
    }
    if status is AgreementStatus.IN_FORCE:
        return "It is signed by all and in force."
    return f"It allows nothing now: {why[status]}."


def _allowed(terms: AgreementTerms, known: Directory) -> str:
    """Who sees what of whom, for what, from when until when."""
    return (
        f"{_names(terms.recipients, known)} may see {_all([CATEGORIES[c] for c in terms.categories], ';')} "
        f"of the children of {_names(terms.providers, known)}{_narrowed(terms, known)}, "
        f"{PURPOSES[terms.purpose]}, from {_day(terms.starts_at)} until {_day(terms.ends_at)}."
    )


def _narrowed(terms: AgreementTerms, known: Directory) -> str:
    cohort = terms.cohort
    parts = []
    if cohort.program_ids:
        programs = [known.programs.get(id, "a program") for id in cohort.program_ids]
        parts.append(f"take part in {_all(programs, last='or')}")
    if cohort.school_ids:
        count = len(cohort.school_ids)
        parts.append("go to one school it names" if count == 1 else
                     f"go to one of {count} schools it names")  # fmt: skip
    if cohort.grades:
        grades = [GRADES.get(grade, f"grade {int(grade) if grade.isdigit() else grade}")
                  for grade in cohort.grades]  # fmt: skip
        parts.append(f"are in {_all(grades, last='or')}")
    who = f" who {_all(parts)}" if parts else ""
    if terms.basis is LegalBasis.CONSENT:
        who += f"{' and' if parts else ''} whose family has consented"
    return who


def _basis(terms: AgreementTerms) -> list[str]:
    official, study = terms.school_official, terms.study
    if terms.basis is LegalBasis.CONSENT:
        return ["Of a child whose family has not consented, or no longer does, it allows nothing."]
    if terms.basis is LegalBasis.DIRECTORY:
        return ["It needs no consent, but nothing of a child whose family has opted out is told."]
    found = []
    if terms.basis is LegalBasis.SCHOOL_OFFICIAL and official is not None:
        found = [
            "It needs no consent, since the partner does the school's own work.",
            f"The work: {_sentence(official.institutional_function)}",
            f"The school stays in control: {_sentence(official.direct_control)}",
            f"The records are needed because: {_sentence(official.legitimate_interest)}",
            f"Their use is limited: {_sentence(official.use_limits)}",
        ]
    elif study is not None:
        kind = "a study for the school" if terms.basis is LegalBasis.STUDIES else "an audit"
        found = [
            f"It needs no consent, since it is {kind}: {_sentence(study.scope)}",
            f"What is used: {_sentence(study.information)}",
            f"How it is destroyed: {_sentence(study.destruction)}",
        ]
    return found


def _kept(terms: AgreementTerms, known: Directory) -> str:
    """It may end before its time: what counts is the end, whenever it comes."""
    days, due = terms.retention_days, terms.ends_at + timedelta(days=terms.retention_days)
    within = {0: "on the day of its end", 1: "within a day of its end"}
    return (
        f"{_names(terms.recipients, known)} must destroy what came of it "
        f"{within.get(days, f'within {days} days of its end')}, by {_day(due)} at the latest."
    )


def _passed_on(terms: AgreementTerms, known: Directory) -> str:
    recipients = _names(terms.recipients, known)
    if not terms.redisclosure_to:
        return f"{recipients} may pass it on to nobody."
    return (
        f"{recipients} may pass it on to {_names(terms.redisclosure_to, known)} and nobody else."
    )


def _names(ids: Sequence[UUID], known: Directory) -> str:
    return _all([known.partners[id].name if id in known.partners else "a partner" for id in ids])


def _all(words: Sequence[str], between: str = ",", last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`; with semicolons where the words have commas themselves."""
    if len(words) <= 1:
        return "".join(words)
    if between == ";" and any("," in word for word in words):
        return f"{'; '.join(words[:-1])}; {last} {words[-1]}"
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def _has(names: Sequence[str]) -> str:
    return "has" if len(names) == 1 else "have"


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _day(at: datetime) -> str:
    """The partnership's; the hour only where it is not the day's first."""
    here = local(at)
    day = f"{here.day} {here:%B %Y}"
    return day if (here.hour, here.minute) == (0, 0) else f"{day}, {here:%H:%M %Z}"
