"""The permitted terms, an agreement's standing, and that nothing is in force unsigned."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.partners.agreements.agreements import rules
from services.partners.agreements.agreements.rules import Signed, effective, missing
from services.partners.agreements.destructions import rules as destructions
from services.partners.agreements.templates.rules import TEMPLATES
from services.partners.agreements.terms.rules import (
    PURPOSES,
    Directory,
    Mentioned,
    digest,
    document,
    ensure_sound,
    faults,
    read,
)
from shared.contracts.grade import Grade
from shared.contracts.partners.agreement import (
    AgreementAction,
    AgreementStatus,
    AgreementTerms,
    LegalBasis,
)
from shared.contracts.partners.destruction import DestructionStatus
from shared.contracts.purpose import PARTNER_PURPOSES, Purpose
from shared.contracts.students.access import Category
from shared.core.days import anniversary
from shared.core.refusals import Conflict, Malformed, Refusal
from tests.promised import promise

A, S = AgreementAction, AgreementStatus
DISTRICT, TUTORS, LIBRARY, PROGRAM = (UUID(int=n) for n in range(1, 5))
START = datetime(2026, 9, 1, tzinfo=UTC)
END = datetime(2027, 7, 1, tzinfo=UTC)
OFFICIAL = dict.fromkeys(
    ("institutional_function", "direct_control", "legitimate_interest", "use_limits"),
    "In our own words.",
)
STUDY = dict.fromkeys(("scope", "information", "destruction"), "In our own words.")


def terms(**other: Any) -> AgreementTerms:
    said = {
        "title": "Tutoring", "providers": [DISTRICT], "recipients": [TUTORS],
        "purpose": "service", "basis": "consent", "categories": ["attendance"],
        "retention_days": 30, "starts_at": START, "ends_at": END,
    }  # fmt: skip
    return AgreementTerms.model_validate(said | other)


def codes(of: AgreementTerms) -> list[tuple[str, str]]:
    return [(fault.field.removeprefix("body."), fault.code) for fault in faults(of)]


MOMENTS = st.datetimes(datetime(2001, 1, 1), datetime(2190, 1, 1), timezones=st.just(UTC))
PARTNERS = st.lists(st.sampled_from([UUID(int=n) for n in range(1, 7)]), min_size=1, max_size=3)
TERMS = st.builds(
    terms,
    title=st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf"]), min_size=1,
                  max_size=9).filter(str.strip),
    providers=PARTNERS, recipients=PARTNERS, redisclosure_to=PARTNERS | st.just([]),
    purpose=st.sampled_from(Purpose), basis=st.sampled_from(LegalBasis),
    categories=st.lists(st.sampled_from(Category), min_size=1, max_size=4),
    cohort=st.fixed_dictionaries({
        "program_ids": st.just([]) | PARTNERS,
        "grades": st.lists(st.sampled_from(Grade), max_size=2),
    }),
    retention_days=st.integers(0, 3650), starts_at=MOMENTS, ends_at=MOMENTS,
    school_official=st.none() | st.just(OFFICIAL), study=st.none() | st.just(STUDY),
)  # fmt: skip


@given(TERMS)
def test_terms_without_a_fault_are_those_that_the_law_lets_parties_agree_on(
    of: AgreementTerms,
) -> None:
    """Written down a second time, otherwise than the rules are."""
    parties = [*of.providers, *of.recipients]
    lists = (parties, of.categories, of.redisclosure_to, of.cohort.program_ids, of.cohort.grades)
    lawful = (
        of.purpose not in {"education", "family"}
        and (of.basis != "studies" or (of.purpose == "study" and of.study is not None))
        and (of.basis != "audit"
             or (of.purpose in {"audit", "evaluation"} and of.study is not None))
        and (of.basis != "school_official"
             or (of.school_official is not None and len(of.cohort.program_ids) > 0
                 and of.purpose not in {"study", "audit"}))
        and (of.basis != "directory"
             or (set(of.categories) == {"identity"}
                 and of.purpose in {"service", "coordination"}))
        and of.starts_at < of.ends_at <= anniversary(of.starts_at, 5)
        and all(len(set(each)) == len(each) for each in lists)
        and not set(of.redisclosure_to) & set(parties)
    )  # fmt: skip
    assert lawful == (faults(of) == [])


@given(TERMS)
def test_every_fault_names_a_field_of_the_terms(of: AgreementTerms) -> None:
    for fault in faults(of):
        first = fault.field.removeprefix("body.").split(".")[0]
        assert first in AgreementTerms.model_fields


@pytest.mark.parametrize("purpose", [Purpose.EDUCATION, Purpose.FAMILY])
def test_a_purpose_of_the_school_or_the_family_is_never_an_agreements_purpose(
    purpose: Purpose,
) -> None:
    for basis in LegalBasis:
        assert ("purpose", "purpose-not-partners") in codes(terms(purpose=purpose, basis=basis))


def test_each_basis_serves_only_the_purposes_that_the_law_names() -> None:
    assert PURPOSES[LegalBasis.CONSENT] == set(PARTNER_PURPOSES)
    assert PURPOSES[LegalBasis.STUDIES] == {"study"}
    assert PURPOSES[LegalBasis.AUDIT] == {"audit", "evaluation"}
    for basis, served in PURPOSES.items():
        for purpose in PARTNER_PURPOSES:
            beyond = ("purpose", "purpose-beyond-basis") in codes(
                terms(basis=basis, purpose=purpose, school_official=OFFICIAL, study=STUDY)
            )
            assert beyond == (purpose not in served)


def test_an_agreement_lasts_five_years_at_most() -> None:
    assert codes(terms(ends_at=anniversary(START, 5))) == []
    late = anniversary(START, 5) + timedelta(seconds=1)
    assert codes(terms(ends_at=late)) == [("ends_at", "too-long")]
    assert codes(terms(ends_at=START)) == [("ends_at", "times-reversed")]
    leap, last = datetime(2028, 2, 29, tzinfo=UTC), datetime(2033, 2, 28, tzinfo=UTC)
    assert codes(terms(starts_at=leap, ends_at=last)) == []
    assert codes(terms(starts_at=leap, ends_at=last + timedelta(seconds=1))) == [
        ("ends_at", "too-long")
    ]


def test_providers_keep_records_and_all_parties_are_known_active_partners() -> None:
    known = Directory(
        {
            DISTRICT: Mentioned("D", "community_organization", "active"),
            TUTORS: Mentioned("T", "community_organization", "closed"),
        },
        {},
    )
    with pytest.raises(Malformed) as refused:
        ensure_sound(terms(redisclosure_to=[LIBRARY], cohort={"program_ids": [PROGRAM]}), known)
    assert [(f.field, f.code) for f in refused.value.errors] == [
        ("body.providers.0", "keeps-no-records"), ("body.recipients.0", "partner-closed"),
        ("body.redisclosure_to.0", "partner-unknown"),
        ("body.cohort.program_ids.0", "program-unknown"),
    ]  # fmt: skip


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda each: each.key)
def test_every_template_that_is_filled_in_is_sound(template: Any) -> None:
    said = template.terms.model_dump(exclude_none=True)
    assert codes(terms(**said, cohort={"program_ids": [PROGRAM]})) == []
    assert {field.split(".")[0] for field in template.to_fill_in} <= set(
        AgreementTerms.model_fields
    )


@given(TERMS)
def test_the_signed_words_state_the_terms_and_nothing_else(of: AgreementTerms) -> None:
    assert document(read(document(of))) == document(of)
    assert read(document(of)) == of


@given(TERMS)
def test_the_words_to_sign_are_the_canonical_json_of_the_terms(
    of: AgreementTerms,
) -> None:
    said = of.model_dump(mode="json")
    assert document(of) == json.dumps(
        said, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


@given(TERMS, TERMS)
def test_other_terms_give_other_words(one: AgreementTerms, other: AgreementTerms) -> None:
    assert (one == other) == (digest(document(one)) == digest(document(other)))


def test_the_same_moment_in_another_time_zone_gives_the_same_words() -> None:
    there = terms(starts_at="2026-08-31T20:00:00-04:00")
    assert document(there) == document(terms())


STATUSES, CLOCK = st.sampled_from(AgreementStatus), st.integers(-3, 8)


@given(STATUSES, CLOCK)
def test_an_agreements_standing_is_a_function_of_its_status_and_the_clock(
    status: AgreementStatus, months: int
) -> None:
    now = START + timedelta(days=60) * months
    found = effective(status, START, END, now)
    if status in {S.DRAFT, S.PROPOSED, S.ENDED, S.EXPIRED}:
        assert found is status
    elif now >= END:
        assert found is S.EXPIRED
    elif status is S.SIGNED:
        assert found is (S.IN_FORCE if now >= START else S.SIGNED)
    else:
        assert found is status
    assert effective(found, START, END, now) is found


def test_the_moment_of_the_end_lies_outside_an_agreements_term() -> None:
    instant = timedelta(microseconds=1)
    assert effective(S.IN_FORCE, START, END, END - instant) is S.IN_FORCE
    assert effective(S.IN_FORCE, START, END, END) is S.EXPIRED
    assert effective(S.SIGNED, START, END, START - instant) is S.SIGNED
    assert effective(S.SIGNED, START, END, START) is S.IN_FORCE


@dataclass(frozen=True)
class Paper:
    """An agreement as the rules alone move it."""

    status: AgreementStatus = S.DRAFT
    current: str = "a"
    amendment: str | None = None
    signed: tuple[tuple[UUID, str], ...] = ()
    agreed: tuple[tuple[UUID, str], ...] = ()
    now: datetime = START - timedelta(days=90)
    over: bool = False
    suspended_by: tuple[UUID, ...] = field(default=())

    @property
    def stands(self) -> AgreementStatus:
        return effective(self.status, START, END, self.now)


BOTH = [DISTRICT, TUTORS]
Move = tuple[str, Any]
MOVES = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 200)),
    st.tuples(st.just("change"), st.sampled_from("abc")),
    st.tuples(st.just("amend"), st.sampled_from("abc")),
    st.tuples(st.sampled_from(["sign", "suspend", "resume"]), st.sampled_from(BOTH)),
    st.tuples(st.sampled_from(["propose", "withdraw", "end"]), st.none()),
)


def moved(paper: Paper, move: Move) -> Paper:  # noqa: PLR0911
    """The next one. Raises what the rules raise."""
    step, about = move
    stands = paper.stands
    match step:
        case "wait":
            return replace(paper, now=paper.now + timedelta(days=about))
        case "change":
            rules.ensure_may(A.CHANGED, stands)
            return replace(paper, current=about)
        case "propose":
            rules.ensure_may(A.PROPOSED, stands)
            rules.ensure_not_over(END, paper.now)
            return replace(paper, status=S.PROPOSED)
        case "withdraw":
            rules.ensure_may(A.WITHDRAWN, stands)
            if stands is S.PROPOSED:
                return replace(paper, status=S.DRAFT, signed=())
            return replace(paper, amendment=None, signed=())
        case "amend":
            rules.ensure_may(A.AMENDMENT_PROPOSED, stands)
            rules.ensure_none_on_the_table(paper.amendment)
            rules.ensure_amends(paper.current, about)
            return replace(paper, amendment=about, signed=())
        case "sign":
            return signed(paper, about)
        case "suspend":
            rules.ensure_may(A.SUSPENDED, stands)
            rules.ensure_not_suspended_by(about, paper.suspended_by)
            return replace(paper, status=S.SUSPENDED, suspended_by=(*paper.suspended_by, about))
        case "resume":
            rules.ensure_may(A.RESUMED, stands)
            rules.ensure_suspended_by(about, paper.suspended_by)
            left = tuple(id for id in paper.suspended_by if id != about)
            status = rules.agreed(START, left, paper.now)
            return replace(paper, status=status, suspended_by=left)
        case _:
            rules.ensure_may(A.ENDED, stands)
            return replace(paper, status=S.ENDED)


def signed(paper: Paper, who: UUID) -> Paper:
    rules.ensure_may(A.SIGNED, paper.stands)
    table = paper.current if paper.stands is S.PROPOSED else paper.amendment
    if table is None:
        raise Conflict("nothing-proposed", "")
    there = [Signed(*each) for each in paper.signed]
    rules.ensure_first_signature(who, missing(BOTH, there, table))
    rules.ensure_not_over(END, paper.now)
    with_it = (*paper.signed, (who, table))
    if missing(BOTH, [Signed(*each) for each in with_it], table):
        return replace(paper, signed=with_it)
    status = rules.agreed(START, paper.suspended_by, paper.now)
    return replace(paper, status=status, current=table, amendment=None, signed=(), agreed=with_it)


@promise(
    "Access and privacy",
    "No agreement is in force with a missing signature, whatever steps are taken.",
)
@given(st.lists(MOVES, max_size=40))
def test_no_sequence_of_steps_puts_an_agreement_in_force_with_a_missing_signature(
    moves: list[Move],
) -> None:
    paper = Paper()
    for move in moves:
        before = paper.stands
        try:
            paper = moved(paper, move)
        except Refusal:
            continue
        if paper.stands in rules.AGREED:
            assert sorted(paper.agreed) == sorted((who, paper.current) for who in BOTH)
        if paper.stands is S.IN_FORCE:
            assert START <= paper.now < END
            assert not paper.suspended_by
        if before in rules.OVER:
            assert paper.stands is before


def test_a_signature_counts_for_the_exact_terms_and_no_others() -> None:
    there = [Signed(DISTRICT, "a"), Signed(TUTORS, "b")]
    assert missing(BOTH, there, "a") == [TUTORS]
    assert missing(BOTH, there, "b") == [DISTRICT]
    assert missing(BOTH, there, "c") == BOTH


def test_amended_terms_leave_no_gap() -> None:
    rules.ensure_no_gap(START, START, START - timedelta(days=1))
    rules.ensure_no_gap(START, END, END)
    with pytest.raises(Conflict) as refused:
        rules.ensure_no_gap(START, START + timedelta(days=2), START + timedelta(days=1))
    assert refused.value.code == "amendment-leaves-gap"


@given(PARTNERS, PARTNERS, PARTNERS, PARTNERS)
def test_a_recipient_destroys_the_data_that_an_amendment_no_longer_gives_it(
    providers: list[UUID], recipients: list[UUID], still: list[UUID], to: list[UUID]
) -> None:
    before, after = (
        terms(providers=list(dict.fromkeys(p)), recipients=list(dict.fromkeys(r)))
        for p, r in ((providers, recipients), (still, to))
    )
    owed = dict(destructions.owed_by(before, after))
    for recipient in before.recipients:
        for provider in before.providers:
            goes_on = recipient in after.recipients and provider in after.providers
            assert goes_on == (provider not in owed.get(recipient, []))
    assert dict(destructions.owed_by(before, None)) == dict.fromkeys(
        before.recipients, before.providers
    )


def test_a_destruction_is_overdue_after_its_day_until_it_is_attested() -> None:
    later = END + timedelta(seconds=1)
    assert destructions.effective("open", END, END) is DestructionStatus.OPEN
    assert destructions.effective("open", END, later) is DestructionStatus.OVERDUE
    assert destructions.effective("attested", END, later) is DestructionStatus.ATTESTED
