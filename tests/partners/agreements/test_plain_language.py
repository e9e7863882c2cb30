"""An agreement in plain sentences."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given

from services.partners.agreements.plain_language.rules import reading, standing
from services.partners.agreements.terms.rules import Directory, Mentioned
from shared.contracts.partners.agreement import AgreementStatus, AgreementTerms
from shared.contracts.words import word
from tests.partners.agreements.test_agreement_rules import (
    DISTRICT,
    LIBRARY,
    OFFICIAL,
    PROGRAM,
    STUDY,
    TERMS,
    TUTORS,
    terms,
)

KNOWN = Directory(
    {
        DISTRICT: Mentioned("Grand Bend ISD", "district", "active"),
        TUTORS: Mentioned("Riverside Tutoring", "community_organization", "active"),
        LIBRARY: Mentioned("The Library", "library", "active"),
    },
    {PROGRAM: "Reading Buddies"},
)


def test_the_text_on_tutoring_by_consent_reads_as_a_parent_would_say_it() -> None:
    said = terms(categories=["attendance", "dosage"], cohort={"program_ids": [PROGRAM]})
    assert reading(said, KNOWN) == [
        ("Riverside Tutoring may see school attendance and time spent in programs of each child of "
        "Grand Bend ISD who takes part in Reading Buddies and whose family has consented, to serve "
        "the child, from 1 September 2026 until 1 July 2027."),
        "Of a child whose family has not consented, or no longer does, it allows nothing.",
        "Riverside Tutoring must destroy what came of it within 30 days of its end, by 31 July 2027 at the latest.",
        "Riverside Tutoring may pass it on to nobody.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({}, "each child of Grand Bend ISD whose family has consented, to serve"),
        ({"cohort": {"grades": ["Other"]}}, "who is in other grades and whose"),
        ({"cohort": {"grades": ["KG", "03"]}}, "who is in kindergarten or grade 3 and whose"),
        ({"cohort": {"school_ids": [PROGRAM]}}, "who goes to one school it names and whose"),
        ({"categories": ["identity", "contacts"]}, "name, grade and school; and contacts with"),
        ({"redisclosure_to": [LIBRARY]}, "may pass it on to The Library and nobody else."),
        ({"recipients": [TUTORS, LIBRARY]}, "Riverside Tutoring and The Library may see"),
        ({"retention_days": 0}, "came of it on the day of its end, by 1 July 2027 at the latest."),
        ({"retention_days": 1}, "came of it within a day of its end, by 2 July 2027 at the latest."),
        ({"starts_at": "2026-09-01T08:30:00-04:00"}, "from 1 September 2026, 12:30 UTC until"),
        ({"basis": "studies", "purpose": "study", "study": STUDY}, "for a study, from"),
        ({"basis": "studies", "purpose": "study", "study": STUDY}, "What is used: In our own"),
        ({"basis": "school_official", "school_official": OFFICIAL}, "since it is work for the school. The work:"),
        ({"basis": "school_official", "school_official": OFFICIAL}, "The school stays in control"),
    ],
)  # fmt: skip
def test_each_term_has_its_own_sentence(other: dict[str, Any], sentence: str) -> None:
    assert sentence in " ".join(reading(terms(**other), KNOWN))


@given(TERMS)
def test_every_reading_names_the_disclosed_parts_and_the_forbidden_uses(
    of: AgreementTerms,
) -> None:
    first, *_, kept, passed_on = reading(of, KNOWN)
    assert all(word(category) in first for category in of.categories)
    assert ("whose family has consented" in first) == (of.basis == "consent")
    assert "must destroy" in kept
    assert ("to nobody." in passed_on) == (not of.redisclosure_to)


def test_only_an_agreement_in_force_allows_anything_now() -> None:
    for status in AgreementStatus:
        said = standing(status, ["The Library"], ["A", "B"])
        assert said.startswith("It allows nothing now") == (status != AgreementStatus.IN_FORCE)
    assert standing(AgreementStatus.SUSPENDED, [], ["A", "B"]).endswith(
        "A and B have suspended it."
    )


def test_a_partner_that_is_unknown_has_no_name() -> None:
    nobody = terms(recipients=[UUID(int=99)])
    assert reading(nobody, KNOWN)[-1] == "a partner may pass it on to nobody."
