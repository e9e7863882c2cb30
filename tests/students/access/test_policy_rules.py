"""The parts of a child that each viewer sees: the policy against an independent oracle, and the
condition on lists against the policy, on random worlds."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from services.students.access.agreements.records import KnownAgreementRow
from services.students.access.emergency_access.records import EmergencyAccessRow
from services.students.access.facts import queries as fact_queries
from services.students.access.legal_bases.rules import Ground
from services.students.access.policy import queries, rules
from services.students.access.policy.rules import Decision
from services.students.access.relations.rules import RELATIONS_OF_ROLE, ContactFact, Facts
from services.students.consent.consents.records import ConsentRow
from services.students.participation.engagements.records import EngagementRow
from services.students.participation.programs.records import OfferedProgramRow, OfferingPartnerRow
from services.students.roster.classes.records import ClassRow, CourseRow
from services.students.roster.contacts.records import ContactRestrictionRow, StudentContactRow
from services.students.roster.enrollments.records import EnrollmentRow
from services.students.roster.people.records import PersonRoleRow, PersonRow
from services.students.roster.schools.records import OrgRow
from services.students.roster.students.records import StudentRow, student
from shared.contracts.partners.agreement import AgreementStatus, LegalBasis
from shared.contracts.partners.partner import PartnerKind
from shared.contracts.purpose import PARTNER_PURPOSES
from shared.contracts.students.access import Basis, Category, ContactScope, Relation
from shared.contracts.students.consent import ConsentStatus
from shared.contracts.students.contact import LegalGuardian
from shared.contracts.students.engagement import EngagementStage
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.seeds import seeds

C = Category
CHILD, DISTRICT, PARTNER, PROGRAM, ME, OTHER, SCHOOL = (uuid4() for _ in range(7))
NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
NOBODYS = Facts(
    CHILD, frozenset((DISTRICT,)), frozenset(), frozenset(), (), frozenset(), NOW, NOW.date()
)


def child(**known: Any) -> Facts:
    told = {name: getattr(NOBODYS, name) for name in Facts.__slots__}
    return Facts(**told | known)


def contact(legal: LegalGuardian = LegalGuardian.YES, *, restricted: bool = False) -> ContactFact:
    return ContactFact(ME, legal, restricted)


def released(viewer: Principal, facts: Facts) -> set[Category]:
    decision = rules.decide(viewer, facts)
    return set() if decision is None else set(decision.released)


EVERYTHING = set(Category)
LEADING = EVERYTHING - {C.DEMOGRAPHICS}
TEACHING = LEADING - {C.NOTES}
ENGAGED = {C.IDENTITY, C.ENGAGEMENT, C.DOSAGE, C.NOTES}
APPLIED: dict[str, Any] = {"engaged": frozenset(((PARTNER, PROGRAM),))}
OURS = APPLIED | {"own_records": frozenset((PARTNER,))}
MATRIX: list[tuple[str, Principal, Facts, set[Category]]] = [
    ("the district's administrator: all",
     principal(Role.DISTRICT_ADMIN, partner_id=DISTRICT), child(), EVERYTHING),
    ("another district's administrator: nothing",
     principal(Role.DISTRICT_ADMIN, partner_id=OTHER), child(), set()),
    ("a teacher of a class of today: all but demographics and notes",
     principal(Role.EDUCATOR, person_id=ME, partner_id=DISTRICT), child(teachers=frozenset((ME,))), TEACHING),
    ("a principal of the school: all but demographics",
     principal(Role.EDUCATOR, person_id=ME, partner_id=DISTRICT), child(leaders=frozenset((ME,))), LEADING),
    ("an educator of other children: nothing",
     principal(Role.EDUCATOR, person_id=ME, partner_id=DISTRICT),
     child(teachers=frozenset((OTHER,))), set()),
    ("a case worker of an engaged partner",
     principal(Role.CASE_WORKER, partner_id=PARTNER), child(**OURS),
     ENGAGED),
    ("a partner's administrator with an engagement",
     principal(Role.PARTNER_ADMIN, partner_id=PARTNER), child(**OURS),
     ENGAGED),
    ("a case worker of another partner: nothing",
     principal(Role.CASE_WORKER, partner_id=OTHER), child(**OURS), set()),
    ("a case worker whose partner the school alone has named in an application: nothing",
     principal(Role.CASE_WORKER, partner_id=PARTNER), child(**APPLIED), set()),
    ("a partner's system that the school alone has named in an application: nothing",
     principal(Role.PARTNER_SYSTEM, partner_id=PARTNER), child(**APPLIED), set()),
    ("a teacher by the district's school: all but demographics and notes",
     principal(Role.EDUCATOR, person_id=ME, partner_id=SCHOOL),
     child(teachers=frozenset((ME,)), partner_parent=DISTRICT), TEACHING),
    ("a teacher that another district named: nothing",
     principal(Role.EDUCATOR, person_id=ME, partner_id=OTHER),
     child(teachers=frozenset((ME,))), set()),
    ("a guardian that another district named: nothing",
     principal(Role.GUARDIAN, person_id=ME, partner_id=OTHER), child(contacts=(contact(),)), set()),
    ("a student that another district named: nothing",
     principal(Role.STUDENT, person_id=CHILD, partner_id=OTHER), child(), set()),
    ("a legal guardian: all",
     principal(Role.GUARDIAN, person_id=ME, partner_id=DISTRICT), child(contacts=(contact(),)), EVERYTHING),
    ("a guardian under a court order: nothing",
     principal(Role.GUARDIAN, person_id=ME, partner_id=DISTRICT), child(contacts=(contact(restricted=True),)), set()),
    ("a contact without legal rights: nothing",
     principal(Role.GUARDIAN, person_id=ME, partner_id=DISTRICT), child(contacts=(contact(LegalGuardian.NO),)), set()),
    ("a contact of unknown legal status: nothing",
     principal(Role.GUARDIAN, person_id=ME, partner_id=DISTRICT),
     child(contacts=(contact(LegalGuardian.UNKNOWN),)), set()),
    ("the student: the own", principal(Role.STUDENT, person_id=CHILD, partner_id=DISTRICT), child(), EVERYTHING),
    ("another student: nothing", principal(Role.STUDENT, person_id=OTHER, partner_id=DISTRICT), child(), set()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("viewer", "facts", "expected"), [row[1:] for row in MATRIX], ids=[row[0] for row in MATRIX]
)
def test_each_relation_releases_exactly_its_categories(
    viewer: Principal, facts: Facts, expected: set[Category]
) -> None:
    assert released(viewer, facts) == expected
    decision = rules.decide(viewer, facts)
    if decision is not None:
        assert set(decision.withheld) == EVERYTHING - expected
        clauses = [ground.clause for ground in decision.released.values()]
        assert all(len(text) > 20 for text in (*clauses, *decision.withheld.values()))


@pytest.mark.parametrize(
    "role", [Role.ANALYST, Role.BACKBONE, Role.OPERATOR, Role.PUBLIC, Role.GATEWAY]
)
def test_some_roles_never_see_an_identifiable_child_whatever_ids_they_carry(role: Role) -> None:
    facts = child(teachers=frozenset((ME,)), leaders=frozenset((ME,)), contacts=(contact(),),
                  engaged=frozenset(((DISTRICT, PROGRAM),)))  # fmt: skip
    for person_id in (ME, CHILD, None):
        assert not released(principal(role, person_id=person_id, partner_id=DISTRICT), facts)


@pytest.mark.parametrize("role", list(Role))
def test_a_caller_without_ids_sees_nothing(role: Role) -> None:
    assert not released(principal(role), child())


def test_a_partner_sees_only_its_own_engagements_and_only_unrestricted_guardians() -> None:
    viewer = principal(Role.CASE_WORKER, partner_id=PARTNER)
    engaged = frozenset(((PARTNER, PROGRAM), (OTHER, uuid4())))
    decision = rules.decide(viewer, child(engaged=engaged, own_records=frozenset((PARTNER,))))
    assert decision is not None
    assert decision.only(C.ENGAGEMENT) == decision.only(C.DOSAGE) == PARTNER
    scope = decision.contact_scope
    assert rules.listed(scope, contact()) and rules.details_shown(scope, contact())
    for hidden in (contact(LegalGuardian.UNKNOWN), contact(restricted=True)):
        assert not rules.listed(scope, hidden)


def test_a_restricted_contact_is_shown_to_the_family_without_details_and_to_the_school_with_them() -> (
    None
):
    held = contact(restricted=True)
    assert rules.listed(ContactScope.UNRESTRICTED, held)
    assert not rules.details_shown(ContactScope.UNRESTRICTED, held)
    assert rules.details_shown(ContactScope.ALL, held)


@pytest.mark.parametrize(
    ("born_on", "today", "family", "own"),
    [
        (date(2008, 9, 2), date(2026, 9, 1), True, True),
        (date(2008, 9, 1), date(2026, 9, 1), False, True),
        (date(2008, 2, 29), date(2026, 2, 27), True, True),
        (date(2008, 2, 29), date(2026, 2, 28), False, True),
        (None, date(2026, 9, 1), True, True),
    ],
)
def test_at_18_the_rights_move_from_the_family_to_the_student(
    born_on: date | None, today: date, family: bool, own: bool
) -> None:
    now = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    facts = child(born_on=born_on, contacts=(contact(),), now=now, today=today)
    assert (
        bool(released(principal(Role.GUARDIAN, person_id=ME, partner_id=DISTRICT), facts))
        == family
    )
    assert (
        bool(released(principal(Role.STUDENT, person_id=CHILD, partner_id=DISTRICT), facts)) == own
    )


def test_an_emergency_opens_the_protective_parts_and_nothing_else() -> None:
    facts = child(emergency_id=uuid4())
    for role in (Role.EDUCATOR, Role.CASE_WORKER):
        viewer = principal(role, person_id=OTHER, partner_id=OTHER)
        assert released(viewer, facts) == {C.IDENTITY, C.CONTACTS, C.ENROLLMENT}
    decision = rules.decide(principal(Role.CASE_WORKER, partner_id=OTHER), facts)
    assert decision is not None
    assert decision.relation is Relation.EMERGENCY


class World:
    """Random districts, schools, classes, families, engagements, agreements, consents and
    emergencies, with dates around today."""

    def __init__(self, seed: int, today: date) -> None:
        self.random, self.today = random.Random(seed), today
        self.rows: list[SQLModel] = []
        self.districts, self.partners = [uuid4() for _ in range(2)], [uuid4() for _ in range(3)]
        self.people: list[PersonRow] = []
        self.students: list[StudentRow] = []
        self._schools()
        self._people()
        self._children()
        self._agreements()

    def pick(self, values: list[Any]) -> Any:
        return self.random.choice(values)

    def day(self) -> date | None:
        return self.pick([None, *(self.today + timedelta(days=d) for d in (-40, -1, 0, 1, 40))])

    def period(self) -> dict[str, date | None]:
        return {"begins_on": self.day(), "ends_on": self.day()}

    def status(self) -> str:
        return self.pick(["active", "active", "active", "ended"])

    def keep(self, row: Any) -> Any:
        self.rows.append(row)
        return row

    def _schools(self) -> None:
        self.orgs = [
            self.keep(OrgRow(source=d, source_id=f"o{n}", name=f"School {n}", type="school"))
            for d in self.districts for n in range(2)
        ]  # fmt: skip
        courses = [
            self.keep(CourseRow(source=o.source, source_id=f"c{n}", title="Math", org_id=o.id))
            for n, o in enumerate(self.orgs)
        ]
        self.classes = [
            self.keep(ClassRow(source=o.source, source_id=f"{o.source_id}-{n}", title="Math A", course_id=c.id,
                               class_type="scheduled", school_id=o.id, status=self.status(),
                               **self.period()))
            for o, c in zip(self.orgs, courses, strict=True) for n in range(3)
        ]  # fmt: skip
        self.programs = [
            self.keep(OfferedProgramRow(program_id=uuid4(), partner_id=p, name="Tutoring",
                                        status="active"))
            for p in self.partners
        ]  # fmt: skip
        self.schools = [uuid4() for _ in self.districts]
        for school, district in zip(self.schools, self.districts, strict=True):
            self.keep(OfferingPartnerRow(partner_id=school, name="S", kind="school",
                                         status="active", parent_id=district))  # fmt: skip
        self.kinds = {p: self.pick(list(PartnerKind)[2:5]) for p in self.partners}
        for p, kind in self.kinds.items():
            self.keep(OfferingPartnerRow(partner_id=p, name="A", kind=kind, status="active"))

    def person(self, n: int) -> PersonRow:
        row = PersonRow(source=self.pick(self.districts), source_id=f"p{n}", given_name="A",
                        family_name="B", search_name="b a", status=self.status())  # fmt: skip
        self.people.append(self.keep(row))
        return row

    def _people(self) -> None:
        self.adults = [self.person(n) for n in range(10)]
        for n, adult in enumerate(self.adults):
            role = self.pick(["principal", "siteAdministrator", "teacher", "administrator"])
            self.keep(PersonRoleRow(source=adult.source, source_id=f"r{n}", person_id=adult.id,
                                    org_id=self.pick(self.orgs).id, role=role,
                                    status=self.status(), **self.period()))  # fmt: skip
            for k in range(2):
                self.enroll(f"t{n}-{k}", adult.id, self.pick(["teacher", "teacher", "proctor"]))

    def enroll(self, source_id: str, person_id: UUID, role: str) -> None:
        of = self.pick(self.classes)
        self.keep(EnrollmentRow(source=of.source, source_id=source_id, class_id=of.id,
                                person_id=person_id, role=role, status=self.status(),
                                **self.period()))  # fmt: skip

    def _children(self) -> None:
        for n in range(100, 112):
            person = self.person(n)
            row = StudentRow(id=person.id, source=person.source, version=1,
                             school_id=self.pick([None, *(o.id for o in self.orgs)]),
                             grade=self.pick([None, "04", "11", "PS"]),
                             birth_date=self.pick([None, self.born(1), self.born(0), self.born(-1),
                                                   self.born(-3000)]),
                             directory_opt_out=self.random.random() < 0.3,
                             status=self.pick(["active", "active", "left"]))  # fmt: skip
            self.students.append(self.keep(row))
            for k in range(2):
                self.enroll(f"e{n}-{k}", row.id, "student")
                self.keep(PersonRoleRow(source=row.source, source_id=f"s{n}-{k}", person_id=row.id,
                                        org_id=self.pick(self.orgs).id, role="student",
                                        status=self.status(), **self.period()))  # fmt: skip
            self._family(row)
            for program in self.random.sample(self.programs, 2):
                self.keep(EngagementRow(student_id=row.id, program_id=program.program_id,
                                        partner_id=program.partner_id, since=self.today,
                                        stage=self.pick(list(EngagementStage)),
                                        own_record=self.pick([None, False, True, True])))  # fmt: skip

    def _family(self, row: StudentRow) -> None:
        for adult in self.random.sample(self.adults, 3):
            self.keep(StudentContactRow(student_id=row.id, contact_id=adult.id, relation="parent",
                                        legal_guardian=self.pick(list(LegalGuardian)),
                                        ended_on=self.pick([None, None, self.today])))  # fmt: skip
            if self.random.random() < 0.5:
                order = self.period()
                order["begins_on"] = order["begins_on"] or self.today
                self.keep(ContactRestrictionRow(student_id=row.id, contact_id=adult.id,
                                                kind="no-contact", document_reference="18/3",
                                                **order))  # fmt: skip

    def born(self, days: int) -> date:
        """Who becomes 18 so many days after today."""
        day = self.today + timedelta(days=days)
        return day.replace(year=day.year - 18, day=min(day.day, 28))

    def some(self, values: list[Any], most: int) -> list[Any]:
        return self.random.sample(values, self.random.randint(0, min(most, len(values))))

    def moment(self, days: tuple[int, ...]) -> datetime:
        return datetime.now(UTC) + timedelta(days=self.pick(list(days)), minutes=-1)

    def _agreements(self) -> None:
        for _ in range(10):
            self.keep(KnownAgreementRow(
                agreement_id=uuid4(), terms_version=1, status=self.pick(
                    [*list(AgreementStatus), *[AgreementStatus.IN_FORCE] * 9]),
                providers=self.random.sample(self.districts, self.random.randint(1, 2)),
                recipients=self.random.sample(self.partners, self.random.randint(1, 2)),
                purpose=self.pick(list(PARTNER_PURPOSES)[:2]), basis=self.pick(
                    [*list(LegalBasis), LegalBasis.CONSENT, LegalBasis.CONSENT]),
                categories=self.random.sample([c.value for c in Category], 5),
                program_ids=[p.program_id for p in self.some(self.programs, 1)],
                school_ids=[o.id for o in self.some(self.orgs, 1)],
                grades=self.some(["04", "11"], 1), redisclosure_to=[],
                starts_at=self.moment((-9, -1, 0, 1)), ends_at=self.moment((0, 1, 9))))  # fmt: skip
        for child in self.students:
            for _ in range(6):
                self._consent(child)
            if self.random.random() < 0.3:
                self.keep(EmergencyAccessRow(
                    student_id=child.id, account_id=uuid4(), role="case_worker", reason="Fire.",
                    partner_id=self.pick(self.partners),
                    begins_at=self.moment((-1, 0, 1)), ends_at=self.moment((0, 1))))  # fmt: skip

    def _consent(self, child: StudentRow) -> None:
        related = [r.contact_id for r in self.rows
                   if isinstance(r, StudentContactRow) and r.student_id == child.id]  # fmt: skip
        partner = self.pick([None, *self.partners])
        self.keep(ConsentRow(
            student_id=child.id, status=self.pick([ConsentStatus.GRANTED] * 5
                                                  + [ConsentStatus.REFUSED, ConsentStatus.REVOKED]),
            partner_id=partner,
            partner_kind=None if partner else self.pick(list(self.kinds.values())),
            purpose=self.pick(list(PARTNER_PURPOSES)[:2]),
            categories=self.random.sample([c.value for c in Category], 6),
            begins_on=self.today + timedelta(days=self.pick([-9, 0, 1])),
            ends_on=self.today + timedelta(days=self.pick([-1, 0, 9])),
            given_by=self.pick([*related, child.id]), method="electronic", text="I agree to this.",
            text_version="1", language="en", recorded_by=uuid4(),
            decided_at=datetime.now(UTC) - timedelta(days=self.pick([1, 2, 3]))))  # fmt: skip

    def viewers(self) -> list[Principal]:
        people = [p.id for p in self.people]
        own = {p.id: [p.source, self.schools[self.districts.index(p.source)]] for p in self.people}
        return [
            principal(role, person_id=person,
                      partner_id=self.pick([*own[person], *own[person], *self.partners]),
                      purpose=self.pick(list(PARTNER_PURPOSES)[:2]))
            for role in Role for person in self.random.sample(people, 6)
        ] + [
            principal(Role.STUDENT, person_id=s.id, partner_id=self.pick(self.districts))
            for s in self.students[:6]] + [
            principal(role, partner_id=partner_id, account_id=e.account_id)
            for e in self.rows if isinstance(e, EmergencyAccessRow)
            for role, partner_id in ((Role.CASE_WORKER, e.partner_id),
                                     (Role.CASE_WORKER, self.pick(self.partners)),
                                     (Role.PARTNER_ADMIN, e.partner_id))
        ]  # fmt: skip


@promise("Access and privacy", "Lists agree with the policy on every child.")
@pytest.mark.parametrize("seed", seeds(3, nightly=24))
async def test_lists_agree_with_the_policy_on_every_child_of_a_random_world(
    students: House, seed: int
) -> None:
    world = World(seed, datetime.now(UTC).date())
    async with students.database.transaction() as session:
        for kind in (OrgRow, CourseRow, ClassRow, PersonRow, StudentRow, OfferedProgramRow):
            session.add_all([row for row in world.rows if isinstance(row, kind)])
            await session.flush()
        session.add_all(world.rows)
    ids = [row.id for row in world.students]
    seen: dict[Any, int] = {}
    async with students.database.reading() as reader:
        for viewer in world.viewers():
            facts = await fact_queries.facts_of_many(reader, viewer, ids)
            decisions = {id: rules.decide(viewer, facts[id]) for id in ids}
            for category in Category:
                listed = set(await queries.visible_ids(reader, viewer, ids, category))
                decided = {id for id, d in decisions.items() if d and category in d.released}
                assert listed == decided, (viewer, category)
            lasting = select(student.id).where(queries.known_lastingly(viewer, student.id))
            assert set((await reader.execute(lasting)).scalars()) == {
                id
                for id, decision in decisions.items()
                if decision and _lasts(decision.released.get(Category.IDENTITY))
            }
            for decision in filter(None, decisions.values()):
                _count(seen, decision)
    assert len(seen) > 5, seen


def _lasts(ground: Ground | None) -> bool:
    return ground is not None and ground.basis is not Basis.EMERGENCY


def _count(seen: dict[Any, int], decision: Decision) -> None:
    for what in {decision.relation, *(g.basis for g in decision.released.values())}:
        seen[what] = seen.get(what, 0) + 1


def test_every_relation_belongs_to_a_role() -> None:
    given = {relation for relations in RELATIONS_OF_ROLE.values() for relation in relations}
    assert given == set(Relation) - {Relation.EMERGENCY}
