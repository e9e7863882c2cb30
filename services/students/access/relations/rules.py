"""The relations of people and partners to a child, and the people with rights in its record.

Basis: FERPA, 34 CFR 99.3 (parent, eligible student), 99.4, 99.5.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.students.access.agreements.rules import AgreementFact
from services.students.access.consents_in_force.rules import ConsentFact
from shared.contracts.grade import Grade
from shared.contracts.students.access import Category, Relation
from shared.contracts.students.consent import ConsentStatus
from shared.contracts.students.contact import LegalGuardian
from shared.core.days import anniversary
from shared.security.principal import Principal, Role

LEADER_ROLES = ("principal", "siteAdministrator", "administrator")
"""The roles of a school's leaders. `administrator` is OneRoster 1.1's name."""
ELIGIBLE_YEARS = 18


@dataclass(frozen=True, slots=True)
class ContactFact:
    person_id: UUID
    legal_guardian: LegalGuardian
    restricted: bool
    """A restriction is in force today."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the policy reads about a child, as of `now`, for one viewer. A child who has
    left its school has no teachers and no leaders.

    `engaged`: (partner, program) of live engagements. `referred`: of live referrals. `own_records`: the partners that have one of
    these as their own record, since the family began it or the partner's people took part in it. `agreements`: those by which the child's
    district provides data to the viewer's partner. `partner_kind` and `partner_parent`: of the
    viewer's partner; a school's parent is its district. `emergency_id`: the viewer's open emergency
    access. `stated`: the categories on which the family has a statement (99.21(c)).
    """

    student_id: UUID
    sources: frozenset[UUID]
    teachers: frozenset[UUID]
    leaders: frozenset[UUID]
    contacts: tuple[ContactFact, ...]
    engaged: frozenset[tuple[UUID, UUID]]
    now: datetime
    today: date
    born_on: date | None = None
    grade: str | None = None
    school_ids: frozenset[UUID] = frozenset()
    """The schools that the child attends today."""
    opted_out: bool = False
    partner_kind: str | None = None
    partner_parent: UUID | None = None
    agreements: tuple[AgreementFact, ...] = ()
    consents: tuple[ConsentFact, ...] = ()
    emergency_id: UUID | None = None
    stated: frozenset[Category] = frozenset()
    own_records: frozenset[UUID] = frozenset()
    referred: frozenset[tuple[UUID, UUID]] = frozenset()

    @property
    def programs(self) -> frozenset[UUID]:
        """The programs that the child is in or is referred to."""
        return frozenset(program for _, program in self.engaged | self.referred)

    @property
    def standing(self) -> tuple[ConsentFact, ...]:
        """The decisions of the family that can have an effect: a consent to one program has none once
        the child is neither in it nor referred to it. A no has its effect in any case."""
        here = self.programs
        return tuple(
            each for each in self.consents
            if each.program_id is None or each.program_id in here
            or each.status != ConsentStatus.GRANTED
        )  # fmt: skip

    @property
    def eligible(self) -> bool:
        """Whether the rights have passed from the parents to the student (99.3, 99.5)."""
        if self.grade == Grade.POSTSECONDARY:
            return True
        return self.born_on is not None and comes_of_age(self.born_on) <= self.today

    @property
    def entitled(self) -> frozenset[UUID]:
        """The people who may consent for the child today."""
        if self.eligible:
            return frozenset((self.student_id,))
        return frozenset(c.person_id for c in self.contacts if has_rights(c))


RELATIONS_OF_ROLE: dict[Role, tuple[Relation, ...]] = {
    Role.DISTRICT_ADMIN: (Relation.DISTRICT,),
    Role.EDUCATOR: (Relation.TEACHER, Relation.SCHOOL_LEADER),
    Role.CASE_WORKER: (Relation.PARTNER,),
    Role.PARTNER_ADMIN: (Relation.PARTNER,),
    Role.PARTNER_SYSTEM: (Relation.PARTNER,),
    Role.LINK_HOLDER: (Relation.PARTNER,),
    Role.GUARDIAN: (Relation.GUARDIAN,),
    Role.STUDENT: (Relation.SELF,),
}
"""Roles that are not here have no relation to a child and see none: analyst, backbone, operator,
public."""


def stands(relation: Relation, viewer: Principal, child: Facts) -> bool:
    if relation is Relation.DISTRICT:
        return viewer.partner_id in child.sources
    # A membership gives a person the records of the district that granted it, and no others.
    district = not child.sources.isdisjoint((viewer.partner_id, child.partner_parent))
    return district and _personally(relation, viewer.person_id, child)


def _personally(relation: Relation, person_id: UUID | None, child: Facts) -> bool:
    match relation:
        case Relation.TEACHER:
            return person_id in child.teachers
        case Relation.SCHOOL_LEADER:
            return person_id in child.leaders
        case Relation.GUARDIAN:
            known = [c for c in child.contacts if c.person_id == person_id]
            return not child.eligible and any(has_rights(c) for c in known)
        case Relation.SELF:
            return person_id == child.student_id
        case _:
            return False


def comes_of_age(born_on: date) -> date:
    """The 18th birthday; equal to `queries.comes_of_age`."""
    return anniversary(born_on, ELIGIBLE_YEARS)


def has_rights(contact: ContactFact) -> bool:
    return contact.legal_guardian == LegalGuardian.YES and not contact.restricted
