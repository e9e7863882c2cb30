"""Templates: terms for the common cases, to be completed by the parties."""

from pydantic import Field

from shared.contracts.base import Answer
from shared.contracts.partners.agreement import LegalBasis, SchoolOfficialTerms, StudyTerms
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category


class TemplateTerms(Answer):
    """The part of AgreementTerms that is the same in every case of the kind."""

    title: str
    purpose: Purpose
    basis: LegalBasis
    categories: list[Category]
    retention_days: int
    school_official: SchoolOfficialTerms | None = None
    study: StudyTerms | None = None


class AgreementTemplate(Answer):
    key: str
    name: str
    in_words: list[str] = Field(description="When to choose this template, and what it allows.")
    terms: TemplateTerms
    to_fill_in: list[str] = Field(
        description="The fields of AgreementTerms that the parties must still fill in."
    )
