"""Terms as plain sentences, from which a reader learns what the agreement allows, to whom, for what
and how long, and what it forbids."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.partners.agreements.terms.rules import Directory
from shared.contracts.grade import Grade
from shared.contracts.partners.agreement import AgreementStatus, AgreementTerms, LegalBasis
from shared.contracts.words import word
from shared.core.days import local

GRADES: Mapping[Grade, str] = {
    Grade.INFANT_TODDLER: "infants and toddlers", Grade.PRESCHOOL: "preschool",
    Grade.PREKINDERGARTEN: "prekindergarten",
    Grade.TRANSITIONAL_KINDERGARTEN: "transitional kindergarten",
    Grade.KINDERGARTEN: "kindergarten", Grade.POSTSECONDARY: "college",
    Grade.UNGRADED: "ungraded classes", Grade.OTHER: "other grades",
    Grade.ADULT_BASIC: "adult basic education",
    Grade.ADULT_SECONDARY: "adult secondary education",
    Grade.ADULT_LANGUAGE: "adult English classes",
}  # fmt: skip


def reading(terms: AgreementTerms, known: Directory) -> list[str]:
    """What the terms allow while they are in force, and what they require."""
    return [_allowed(terms, known), *_basis(terms), _kept(terms, known), _passed_on(terms, known)]


def standing(status: AgreementStatus, waited_for: Sequence[str], suspending: Sequence[str]) -> str:
    """The status in a sentence. `waited_for` and `suspending` are the parties, by name."""
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
    """Which recipients may see what of which children, for what, and from when until when."""
    return (
        f"{_names(terms.recipients, known)} may see {_all([word(c) for c in terms.categories], ';')} "
        f"of each child of {_names(terms.providers, known)}{_narrowed(terms, known)}, "
        f"{word(terms.purpose)}, from {_day(terms.starts_at)} until {_day(terms.ends_at)}."
    )


def _narrowed(terms: AgreementTerms, known: Directory) -> str:
    cohort = terms.cohort
    parts = []
    if cohort.program_ids:
        programs = [known.programs.get(id, "a program") for id in cohort.program_ids]
        parts.append(f"takes part in {_all(programs, last='or')}")
    if cohort.school_ids:
        count = len(cohort.school_ids)
        parts.append("goes to one school it names" if count == 1 else
                     f"goes to one of {count} schools it names")  # fmt: skip
    if cohort.grades:
        grades = [GRADES.get(grade, f"grade {int(grade) if grade.isdigit() else grade}")
                  for grade in cohort.grades]  # fmt: skip
        parts.append(f"is in {_all(grades, last='or')}")
    who = f" who {_all(parts)}" if parts else ""
    if terms.basis is LegalBasis.CONSENT:
        who += f"{' and' if parts else ''} whose family has consented"
    return who


def _basis(terms: AgreementTerms) -> list[str]:
    official, study = terms.school_official, terms.study
    if terms.basis is LegalBasis.CONSENT:
        return ["Of a child whose family has not consented, or no longer does, it allows nothing."]
    without = f"It needs no consent, since it is {word(terms.basis)}"
    if terms.basis is LegalBasis.DIRECTORY:
        return [f"{without}. Of a child whose family has opted out it allows nothing."]
    found = []
    if terms.basis is LegalBasis.SCHOOL_OFFICIAL and official is not None:
        found = [
            f"{without}.",
            f"The work: {_sentence(official.institutional_function)}",
            f"The school stays in control: {_sentence(official.direct_control)}",
            f"The records are needed because: {_sentence(official.legitimate_interest)}",
            f"Their use is limited: {_sentence(official.use_limits)}",
        ]
    elif study is not None:
        found = [
            f"{without}: {_sentence(study.scope)}",
            f"What is used: {_sentence(study.information)}",
            f"How it is destroyed: {_sentence(study.destruction)}",
        ]
    return found


def _kept(terms: AgreementTerms, known: Directory) -> str:
    """How long the data may be kept. The period counts from the actual end, which may come
    early."""
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
    """The day where the partnership lives; with the hour unless it is midnight."""
    here = local(at)
    day = f"{here.day} {here:%B %Y}"
    return day if (here.hour, here.minute) == (0, 0) else f"{day}, {here:%H:%M %Z}"
