"""The consent in force: over random sequences of decisions by several people, and by the clock."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.students.access.consents_in_force import rules as in_force
from services.students.access.consents_in_force.rules import ConsentFact, Wanted
from services.students.access.relations.rules import ContactFact, Facts
from services.students.consent.consents import rules
from services.students.consent.signers.rules import ensure_entitled
from shared.contracts.partners.partner import PartnerKind
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.contracts.students.consent import ConsentStatus
from shared.contracts.students.contact import LegalGuardian
from shared.core.refusals import Conflict, Malformed
from tests.promised import promise

CHILD, MOTHER, FATHER, AUNT = (uuid4() for _ in range(4))
PARTNERS = [(uuid4(), PartnerKind.LIBRARY), (uuid4(), PartnerKind.EMPLOYER)]
PURPOSES = [Purpose.SERVICE, Purpose.STUDY]
CATEGORIES = [Category.IDENTITY, Category.ATTENDANCE, Category.MEASURES]
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 12


@dataclass(frozen=True)
class Word:
    """What somebody says on a day: yes, no, or that the yes before is taken back."""

    what: str
    by: UUID
    day: int
    party: UUID | PartnerKind
    purpose: Purpose
    categories: frozenset[Category]
    begins: int
    lasts: int


WORDS = st.builds(
    Word,
    what=st.sampled_from(["yes", "yes", "yes", "no", "back"]),
    by=st.sampled_from([MOTHER, FATHER, AUNT, CHILD]),
    day=st.integers(0, DAYS),
    party=st.sampled_from([*(id for id, _ in PARTNERS), PartnerKind.LIBRARY]),
    purpose=st.sampled_from(PURPOSES),
    categories=st.frozensets(st.sampled_from(CATEGORIES), min_size=1),
    begins=st.integers(-3, 3),
    lasts=st.integers(0, DAYS),
)
ASKED = st.tuples(
    st.sampled_from(PARTNERS),
    st.sampled_from(PURPOSES),
    st.sampled_from(CATEGORIES),
    st.integers(0, DAYS),
)


def facts_of(words: list[Word]) -> list[ConsentFact]:
    """As they are stored: what is taken back becomes a no of that moment."""
    kept: list[ConsentFact] = []
    for second, word in enumerate(words):
        said = BEGIN + timedelta(days=word.day, seconds=second)
        if word.what == "back":
            open_ones = [n for n, each in enumerate(kept) if each.status == ConsentStatus.GRANTED]
            if open_ones:
                taken = kept[open_ones[-1]]
                kept[open_ones[-1]] = replace(taken, status=ConsentStatus.REVOKED, decided_at=said)
            continue
        partner = word.party if isinstance(word.party, UUID) else None
        begins_on = (said + timedelta(days=word.begins)).date()
        kept.append(
            ConsentFact(
                id=uuid4(),
                status=ConsentStatus.GRANTED if word.what == "yes" else ConsentStatus.REFUSED,
                partner_id=partner, partner_kind=None if partner else str(word.party),
                purpose=word.purpose, categories=word.categories, begins_on=begins_on,
                ends_on=begins_on + timedelta(days=word.lasts), given_by=word.by, decided_at=said,
            )
        )  # fmt: skip
    return kept


def wanted_of(asked: tuple[tuple[UUID, PartnerKind], Purpose, Category, int]) -> Wanted:
    (partner_id, kind), purpose, category, _ = asked
    return Wanted(partner_id, kind, purpose, category)


def day(number: int) -> date:
    return (BEGIN + timedelta(days=number)).date()


@promise(
    "Access and privacy",
    "A consent never holds outside its period, partner, purpose and categories.",
)
@given(st.lists(WORDS, max_size=8), ASKED)
def test_a_consent_never_holds_outside_its_terms_or_by_a_person_without_rights(
    words: list[Word], asked: tuple[tuple[UUID, PartnerKind], Purpose, Category, int]
) -> None:
    wanted, today = wanted_of(asked), day(asked[3])
    entitled = frozenset((MOTHER, FATHER))
    found = in_force.in_force(facts_of(words), wanted, today, entitled)
    if found is not None:
        assert found.status == ConsentStatus.GRANTED
        assert found.given_by in entitled
        assert found.begins_on <= today <= found.ends_on
        assert found.purpose == wanted.purpose
        assert wanted.category in found.categories
        assert found.partner_id in {None, wanted.partner_id}
        assert found.partner_kind in {None, wanted.partner_kind}
        assert (found.partner_id is None) != (found.partner_kind is None)


@promise(
    "Access and privacy",
    "After anybody's no, nothing holds until somebody with rights says yes again.",
)
@given(st.lists(WORDS, max_size=8), ASKED, st.lists(WORDS, max_size=4))
def test_after_anybodys_no_nothing_holds_until_a_person_with_rights_consents_again(
    before: list[Word],
    asked: tuple[tuple[UUID, PartnerKind], Purpose, Category, int],
    after: list[Word],
) -> None:
    (partner_id, _), purpose, category, number = asked
    no = Word("no", AUNT, number, partner_id, purpose, frozenset((category,)), 0, 0)
    words = [*(replace(w, day=min(w.day, number)) for w in before), no]
    wanted, entitled = wanted_of(asked), frozenset((MOTHER, FATHER))
    for later in range(number, DAYS + 30):
        assert in_force.in_force(facts_of(words), wanted, day(later), entitled) is None
    again = [replace(w, day=number) for w in after]
    found = in_force.in_force(facts_of([*words, *again]), wanted, day(number), entitled)
    if found is not None:
        said_no = next(
            each for each in facts_of(words)[::-1] if each.status == ConsentStatus.REFUSED
        )
        assert found.decided_at > said_no.decided_at
        assert found.given_by in entitled


@given(st.lists(WORDS, max_size=8), ASKED)
def test_the_withdrawal_of_every_consent_leaves_nothing_in_force(
    words: list[Word], asked: tuple[tuple[UUID, PartnerKind], Purpose, Category, int]
) -> None:
    known = facts_of(words)
    end = BEGIN + timedelta(days=DAYS + 1)
    back = [
        replace(each, status=ConsentStatus.REVOKED, decided_at=end)
        if each.status == ConsentStatus.GRANTED
        else each
        for each in known
    ]
    entitled = frozenset((MOTHER, FATHER, AUNT, CHILD))
    assert in_force.in_force(back, wanted_of(asked), day(asked[3]), entitled) is None


@given(st.lists(WORDS, max_size=8), ASKED)
def test_a_consent_is_shown_as_holding_exactly_where_the_decision_discloses_under_it(
    words: list[Word], asked: tuple[tuple[UUID, PartnerKind], Purpose, Category, int]
) -> None:
    known, wanted, today = facts_of(words), wanted_of(asked), day(asked[3])
    entitled = frozenset((MOTHER, FATHER))
    holding = [
        each
        for each in known
        if each.purpose == wanted.purpose
        and wanted.category
        in in_force.holding(
            known, each, wanted.partner_id, wanted.partner_kind, today, entitled
        )
    ]  # fmt: skip
    found = in_force.in_force(known, wanted, today, entitled)
    assert (found in holding) if found is not None else not holding


def child_of(age: timedelta) -> Facts:
    """Of the 18th birthday, so much before or after."""
    birthday = datetime(2026, 6, 15, 12, tzinfo=UTC)
    guardians = tuple(ContactFact(p, LegalGuardian.YES, False) for p in (MOTHER, FATHER))
    return Facts(
        CHILD, frozenset(), frozenset(), frozenset(), guardians, frozenset(),
        birthday + age, (birthday + age).date(), born_on=date(2008, 6, 15),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("age", "parents", "own"),
    [(timedelta(days=-1), True, False), (timedelta(), False, True), (timedelta(days=1), False, True)],
)  # fmt: skip
def test_at_the_18th_birthday_the_parents_decision_lapses_and_the_students_counts(
    age: timedelta, parents: bool, own: bool
) -> None:
    child = child_of(age)
    said = [
        Word("yes", by, 0, PARTNERS[0][0], Purpose.SERVICE, frozenset(CATEGORIES), 0, 0)
        for by in (MOTHER, CHILD)
    ]
    of_mother, of_child = (
        replace(each, begins_on=date(2026, 1, 1), ends_on=date(2027, 1, 1))
        for each in facts_of(said)
    )
    wanted = Wanted(*PARTNERS[0], Purpose.SERVICE, Category.ATTENDANCE)
    for consent, holds in ((of_mother, parents), (of_child, own)):
        found = in_force.in_force([consent], wanted, child.today, child.entitled)
        assert (found is not None) == holds
    for person, may in ((MOTHER, parents), (CHILD, own)):
        if may:
            ensure_entitled(person, child)
        else:
            with pytest.raises(Conflict):
                ensure_entitled(person, child)


@given(st.datetimes(), st.datetimes())
def test_each_decision_counts_as_later_than_every_decision_before(
    one: datetime, other: datetime
) -> None:
    last = max(one, other).replace(year=2028)
    assert rules.moment(one.replace(year=2028), last) > last
    assert rules.moment(one, None) == one


@pytest.mark.parametrize(
    ("begins_on", "ends_on", "code"),
    [
        (date(2026, 1, 1), date(2028, 1, 1), None),
        (date(2026, 1, 1), date(2028, 1, 2), "consent-too-long"),
        (date(2024, 2, 29), date(2026, 2, 28), None),
        (date(2024, 2, 29), date(2026, 3, 1), "consent-too-long"),
        (date(2026, 1, 2), date(2026, 1, 1), "consent-ends-before"),
        (date.max, date.max, None),
    ],
)
def test_a_consent_lasts_two_years_at_most(
    begins_on: date, ends_on: date, code: str | None
) -> None:
    if code is None:
        rules.ensure_period(begins_on, ends_on)
        return
    with pytest.raises(Conflict) as refused:
        rules.ensure_period(begins_on, ends_on)
    assert refused.value.code == code


def test_an_empty_consent_is_refused_and_each_missing_element_is_named() -> None:
    with pytest.raises(Malformed) as refused:
        rules.terms({})
    assert {fault.field for fault in refused.value.errors} == {
        "body.partner_id", "body.purpose", "body.categories", "body.begins_on", "body.ends_on",
        "body.text", "body.text_version", "body.language",
    }  # fmt: skip


@given(
    st.lists(WORDS, max_size=12), st.sampled_from(PARTNERS), st.sampled_from(PURPOSES),
    st.integers(0, DAYS), st.frozensets(st.sampled_from([MOTHER, FATHER, CHILD])),
)  # fmt: skip
def test_the_decision_on_all_categories_at_once_equals_the_decision_on_each(
    words: list[Word], party: tuple[UUID, PartnerKind], purpose: Purpose, day: int,
    entitled: frozenset[UUID],
) -> None:  # fmt: skip
    facts, today = facts_of(words), (BEGIN + timedelta(days=day)).date()
    holding, denied = in_force.each_in_force(facts, *party, purpose, today, entitled)
    for category in Category:
        wanted = Wanted(*party, purpose, category)
        assert holding.get(category) == in_force.in_force(facts, wanted, today, entitled)
        assert (category in denied) == (in_force.said_no(facts, wanted) is not None)
