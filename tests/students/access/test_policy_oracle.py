"""The policy against an oracle that was written from the law and the agreements' words and shares
no code with it: random children, families, agreements, consents and viewers.

5,000 cases; `make nightly` sets ACCESS_CASES to 100,000 and writes proof/oracle.json.
"""

import os
import random
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.students.access.agreements.rules import AgreementFact
from services.students.access.consents_in_force.rules import ConsentFact
from services.students.access.policy import rules
from services.students.access.relations.rules import ContactFact, Facts
from shared.contracts.partners.agreement import AgreementStatus, LegalBasis
from shared.contracts.partners.partner import PartnerKind
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Basis, Category
from shared.contracts.students.consent import ConsentStatus
from shared.contracts.students.contact import LegalGuardian
from shared.security.principal import Principal, Role
from tests.promised import promise
from tests.proof.machine import publish, the_machine

CASES = int(os.environ.get("ACCESS_CASES", "5000"))
NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
TODAY = NOW.date()
CHILD, DISTRICT, SCHOOL = UUID(int=1), UUID(int=2), UUID(int=3)
PARTNERS = [UUID(int=n) for n in range(10, 13)]
PEOPLE = [UUID(int=n) for n in range(20, 24)]
PROGRAMS = [UUID(int=n) for n in range(30, 33)]
SCHOOLS = [UUID(int=n) for n in range(40, 42)]
KINDS = [PartnerKind.COMMUNITY_ORGANIZATION, PartnerKind.LIBRARY]
PURPOSES = [Purpose.SERVICE, Purpose.EVALUATION]
GRADES = ["04", "11", "PS"]
CATEGORIES = list(Category)
PARTNERS_PEOPLE = [Role.CASE_WORKER, Role.PARTNER_ADMIN, Role.PARTNER_SYSTEM]


class Draw:
    """Random values, in which what matters happens often."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def one(self, values: Any) -> Any:
        return self.random.choice(list(values))

    def some(self, values: Any, most: int = 9) -> frozenset[Any]:
        known = list(values)
        return frozenset(self.random.sample(known, self.random.randint(0, min(most, len(known)))))

    def most(self) -> frozenset[Category]:
        return frozenset(CATEGORIES) - self.some(CATEGORIES, 6)

    def narrow(self, values: list[Any]) -> frozenset[Any]:
        """Mostly not at all."""
        return self.some(values, 1) if self.random.random() < 0.4 else frozenset()

    def agreement(self, n: int) -> AgreementFact:
        return AgreementFact(
            id=UUID(int=100 + n),
            status=self.one([*AgreementStatus, *[AgreementStatus.IN_FORCE] * 8]),
            recipients=self.some(PARTNERS) | {self.one(PARTNERS)}, purpose=self.one(PURPOSES),
            basis=self.one([*LegalBasis, LegalBasis.CONSENT, LegalBasis.CONSENT]),
            categories=self.most(), program_ids=self.narrow(PROGRAMS),
            school_ids=self.narrow(SCHOOLS), grades=self.narrow(GRADES), redisclosure_to=(),
            starts_at=NOW + timedelta(seconds=self.one((-9, -1, 0, 1))),
            ends_at=NOW + timedelta(seconds=self.one((-1, 0, 1, 9))),
        )  # fmt: skip

    def consent(self, n: int) -> ConsentFact:
        partner = self.one([None, *PARTNERS])
        return ConsentFact(
            id=UUID(int=200 + n),
            status=self.one([*ConsentStatus, *[ConsentStatus.GRANTED] * 5]),
            partner_id=partner, partner_kind=None if partner else self.one(KINDS),
            purpose=self.one(PURPOSES), categories=self.most(),
            begins_on=TODAY + timedelta(days=self.one((-9, 0, 1))),
            ends_on=TODAY + timedelta(days=self.one((-1, 0, 9))),
            given_by=self.one([*PEOPLE, CHILD]), decided_at=NOW - timedelta(days=self.one((1, 2, 3))),
            program_id=self.one([None, None, None, *PROGRAMS]),
        )  # fmt: skip

    def child(self) -> Facts:
        engaged = frozenset((self.one(PARTNERS), self.one(PROGRAMS)) for _ in self.some("ab"))
        return Facts(
            student_id=CHILD, sources=frozenset((DISTRICT,)), teachers=self.some(PEOPLE, 1),
            leaders=self.some(PEOPLE, 1),
            contacts=tuple(
                ContactFact(person, self.one(LegalGuardian), self.one((True, False, False)))
                for person in sorted(self.some(PEOPLE))
            ),
            engaged=engaged,
            referred=frozenset((self.one(PARTNERS), self.one(PROGRAMS)) for _ in self.some("a")),
            own_records=self.some({partner for partner, _ in engaged}),
            now=NOW, today=TODAY,
            born_on=self.one([None, date(2008, 8, 31), date(2008, 9, 1), date(2008, 9, 2),
                              date(2015, 2, 1), date(2008, 2, 29)]),
            grade=self.one([None, *GRADES]), school_ids=self.some(SCHOOLS),
            opted_out=self.one((True, False)), partner_kind=self.one(KINDS),
            partner_parent=self.one((None, DISTRICT)),
            agreements=tuple(self.agreement(n) for n in range(self.random.randint(0, 5))),
            consents=tuple(self.consent(n) for n in range(self.random.randint(0, 7))),
            emergency_id=self.one((None, None, None, None, UUID(int=300))),
        )  # fmt: skip

    def viewer(self) -> Principal:
        return Principal(
            account_id=UUID(int=400), role=self.one([*Role, *PARTNERS_PEOPLE * 4]),
            partner_id=self.one([None, DISTRICT, DISTRICT, SCHOOL, *PARTNERS * 3]),
            person_id=self.one([None, CHILD, *PEOPLE]), purpose=self.one(PURPOSES),
        )  # fmt: skip


def grown_up(child: Facts) -> bool:
    """18, or in college: 34 CFR 99.3."""
    if child.grade == "PS":
        return True
    if child.born_on is None:
        return False
    birthday = (child.born_on.month, child.born_on.day)
    reached = (TODAY.month, TODAY.day) >= birthday
    return TODAY.year - child.born_on.year - (not reached) >= 18


def helped_by(child: Facts) -> set[UUID]:
    """The programs that the child takes part in or was referred to."""
    return {program for _, program in (*child.engaged, *child.referred)}


def rights(child: Facts) -> set[UUID]:
    """Who speaks for the child today."""
    if grown_up(child):
        return {CHILD}
    return {
        contact.person_id
        for contact in child.contacts
        if contact.legal_guardian.value == "yes" and contact.restricted is False
    }


def consented(viewer: Principal, child: Facts, category: Category) -> bool:
    """The family's words about this, from the oldest to the newest, a no after a yes of the same
    moment; who has no rights today cannot have said yes."""
    said = [
        word for word in child.consents
        if category in word.categories and word.purpose is viewer.purpose
        and (word.partner_id == viewer.partner_id if word.partner_id
             else word.partner_kind == child.partner_kind)
    ]  # fmt: skip
    standing = False
    for word in sorted(said, key=lambda w: (w.decided_at, w.status.value != "granted")):
        if word.status.value != "granted":
            standing = False
        elif word.program_id is not None and word.program_id not in helped_by(child):
            continue
        elif word.given_by in rights(child) and word.begins_on <= TODAY <= word.ends_on:
            standing = True
    return standing


def agreed(viewer: Principal, child: Facts, category: Category) -> bool:
    here, name = helped_by(child), category.value
    for terms in child.agreements:
        flows = (
            viewer.partner_id in terms.recipients
            and terms.status.value in {"signed", "in_force"}
            and terms.starts_at <= NOW < terms.ends_at
            and terms.purpose is viewer.purpose
            and category in terms.categories
            and (terms.program_ids & here or not terms.program_ids)
            and (child.school_ids & terms.school_ids or not terms.school_ids)
            and (child.grade in terms.grades or not terms.grades)
        )
        if not flows:
            continue
        if terms.basis.value in {"school_official", "studies", "audit"}:
            return True
        if terms.basis.value == "consent" and consented(viewer, child, category):
            return True
        if (terms.basis.value, name) == ("directory", "identity") and not child.opted_out:
            return True
    return False


def may(viewer: Principal, child: Facts, category: Category) -> bool:
    """The oracle."""
    kept_by = viewer.partner_id == DISTRICT
    tied = kept_by or child.partner_parent == DISTRICT
    name = category.value
    opened = child.emergency_id is not None and name in {"identity", "contacts", "enrollment"}
    return opened or by_role(viewer, child, category, kept_by=kept_by, tied=tied)


def by_role(
    viewer: Principal, child: Facts, category: Category, *, kept_by: bool, tied: bool
) -> bool:
    name = category.value
    match viewer.role.value:
        case "district_admin":
            return kept_by
        case "educator" if tied and viewer.person_id in child.leaders | child.teachers:
            hidden = {"demographics"}
            if viewer.person_id in child.teachers:  # a teacher acts as a teacher
                hidden |= {"notes"}
            return name not in hidden
        case "guardian":
            return tied and not grown_up(child) and viewer.person_id in rights(child)
        case "student":
            return tied and viewer.person_id == CHILD
        case "case_worker" | "partner_admin" | "partner_system" | "link_holder" if (
            viewer.partner_id is not None
        ):
            # The school's application alone gives a partner nothing.
            with_us = viewer.partner_id in child.own_records
            own = with_us and name in {"identity", "engagement", "dosage", "notes"}
            return own or agreed(viewer, child, category)
    return False


@promise("Access and privacy", "The policy decides as an oracle of its own decides.")
def test_the_policy_decides_as_the_oracle_decides() -> None:
    seen: dict[Any, int] = {}
    differ: list[Any] = []
    began, on = time.monotonic(), the_machine()
    for seed in range(CASES):
        draw = Draw(seed)
        viewer, child = draw.viewer(), draw.child()
        decision = rules.decide(viewer, child)
        released = set() if decision is None else set(decision.released)
        expected = {category for category in Category if may(viewer, child, category)}
        if released != expected:
            differ.append((seed, viewer.role))
        if decision is not None:
            assert set(decision.withheld) == set(Category) - released
            _count(seen, decision)
    if "ACCESS_CASES" in os.environ:
        released_on = {str(basis): seen[basis] for basis in sorted(seen)}
        figures = {"cases": CASES, "differ": len(differ), "released_on": released_on}
        publish("oracle", "make nightly", None, figures, began, on)
    assert differ == []
    assert set(seen) == {*Basis}, "a basis that no case had proves nothing"


def _count(seen: dict[Any, int], decision: rules.Decision) -> None:
    for ground in decision.released.values():
        seen[ground.basis] = seen.get(ground.basis, 0) + 1


def test_a_release_by_consent_names_a_consent_that_allows_it() -> None:
    for seed in range(CASES):
        draw = Draw(seed)
        viewer, child = draw.viewer(), draw.child()
        decision = rules.decide(viewer, child)
        for category, ground in (decision.released if decision else {}).items():
            named = [c for c in child.consents if c.id == ground.consent_id]
            assert bool(named) == (ground.basis is Basis.CONSENT)
            assert all(category in consent.categories for consent in named)
            terms = [a for a in child.agreements if a.id == ground.agreement_id]
            assert all(category in agreement.categories for agreement in terms)


def test_marked_details_reach_the_viewers_of_the_oracle() -> None:
    """The contact itself, and whoever is neither of the family nor another contact."""
    reached = {True: 0, False: 0}
    for seed in range(CASES):
        draw = Draw(seed)
        viewer, child = draw.viewer(), draw.child()
        decision = rules.decide(viewer, child)
        if decision is None:
            continue
        relatives = {contact.person_id for contact in child.contacts}
        family = viewer.role.value in {"guardian", "student"} or viewer.person_id in relatives
        for person in relatives:
            told = rules.published(decision, person, do_not_publish=True)
            assert told is (viewer.person_id == person or not family), (seed, viewer.role)
            assert rules.published(decision, person, do_not_publish=False)
            reached[told] += 1
    assert all(reached.values()), "a case that never happened proves nothing"
