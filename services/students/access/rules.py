"""The policy: what a viewer may have of a child, by relation, and the clause that says so.

Default: nothing. One relation at a time: a role gives one, and a person with two memberships acts
under one of them. Basis: FERPA, 34 CFR 99.3 to 99.31; counsel must confirm for each state.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from shared.contracts.students.access import (
    Access,
    Category,
    Clause,
    ContactScope,
    Relation,
)
from shared.contracts.students.contact import LegalGuardian
from shared.grants import Grant
from shared.principal import Principal, Role

C = Category
LEADER_ROLES = ("principal", "siteAdministrator", "administrator")
"""Of a school; `administrator` is OneRoster 1.1's word."""


@dataclass(frozen=True, slots=True)
class ContactFact:
    person_id: UUID
    legal_guardian: LegalGuardian
    restricted: bool
    """A restriction is in force today."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the policy looks at, as of today. Of a child who has left its school: no teachers and
    no leaders."""

    student_id: UUID
    sources: frozenset[UUID]
    teachers: frozenset[UUID]
    leaders: frozenset[UUID]
    contacts: tuple[ContactFact, ...]
    partners: frozenset[UUID]
    """Partners with a live engagement."""


@dataclass(frozen=True, slots=True)
class Decision:
    """`only_partner`: of engagements and dosage, those of this partner alone."""

    relation: Relation
    released: Mapping[Category, str]
    withheld: Mapping[Category, str]
    contact_scope: ContactScope
    only_partner: UUID | None = None

    def answer(self) -> Access:
        return Access(
            relation=self.relation,
            released=[Clause(category=c, clause=text) for c, text in self.released.items()],
            withheld=[Clause(category=c, clause=text) for c, text in self.withheld.items()],
        )


DISTRICT = "The district keeps this child's education record, and its administrators may see it."
SCHOOL = "Staff of the child's school with a legitimate educational interest: {who} (34 CFR 99.31(a)(1))."
TEACHER = SCHOOL.format(who="a teacher of one of the child's classes of today")
LEADER = SCHOOL.format(who="a principal or administrator of the child's school")
NOT_TO_TEACH = (
    "Birth date, sex, race, ethnicity and place of birth are not needed in class or school office."
)
GUARDIAN = (
    "A parent or legal guardian may see the child's record unless a court order says otherwise "
    "(34 CFR 99.4, 99.10)."
)
CONTACTS_OF_FAMILY = (
    "The child's contacts; without the details of a contact under a restriction in force."
)
OWN = "A student may see the own record."
ENGAGED = "The partner has a live engagement with the child: {what}."
NEEDS_AGREEMENT = "A partner needs an agreement and the family's consent for this: {what}."

_PARTNER_RELEASED = {
    C.IDENTITY: ENGAGED.format(what="name, grade and school"),
    C.CONTACTS: ENGAGED.format(what="telephone and e-mail of unrestricted legal guardians"),
    C.ENGAGEMENT: ENGAGED.format(what="its own engagements"),
    C.DOSAGE: ENGAGED.format(what="dosage and attendance of its own sessions"),
}
_PARTNER_WITHHELD = {
    C.ENROLLMENT: NEEDS_AGREEMENT.format(what="enrollments in school and classes"),
    C.ATTENDANCE: NEEDS_AGREEMENT.format(what="school attendance"),
    C.RESOURCES: NEEDS_AGREEMENT.format(what="assigned resources"),
    C.MEASURES: NEEDS_AGREEMENT.format(what="measures"),
    C.DEMOGRAPHICS: NEEDS_AGREEMENT.format(what="demographics"),
}


def _all(clause: str, **other: str) -> dict[Category, str]:
    return {c: other.get(c.value, clause) for c in Category if other.get(c.value) != ""}


_BY_SCHOOL = {"demographics": ""}
_RELEASED: dict[Relation, dict[Category, str]] = {
    Relation.DISTRICT: _all(DISTRICT),
    Relation.TEACHER: _all(TEACHER, **_BY_SCHOOL),
    Relation.SCHOOL_LEADER: _all(LEADER, **_BY_SCHOOL),
    Relation.PARTNER: _PARTNER_RELEASED,
    Relation.GUARDIAN: _all(GUARDIAN, contacts=CONTACTS_OF_FAMILY),
    Relation.SELF: _all(OWN, contacts=CONTACTS_OF_FAMILY),
}
_WITHHELD: dict[Relation, dict[Category, str]] = {
    Relation.TEACHER: {C.DEMOGRAPHICS: NOT_TO_TEACH},
    Relation.SCHOOL_LEADER: {C.DEMOGRAPHICS: NOT_TO_TEACH},
    Relation.PARTNER: _PARTNER_WITHHELD,
}
_SCOPES = {
    Relation.PARTNER: ContactScope.LEGAL_GUARDIANS,
    Relation.GUARDIAN: ContactScope.UNRESTRICTED,
    Relation.SELF: ContactScope.UNRESTRICTED,
}
RELATIONS_OF_ROLE: dict[Role, tuple[Relation, ...]] = {
    Role.DISTRICT_ADMIN: (Relation.DISTRICT,),
    Role.EDUCATOR: (Relation.TEACHER, Relation.SCHOOL_LEADER),
    Role.CASE_WORKER: (Relation.PARTNER,),
    Role.PARTNER_ADMIN: (Relation.PARTNER,),
    Role.PARTNER_SYSTEM: (Relation.PARTNER,),
    Role.GUARDIAN: (Relation.GUARDIAN,),
    Role.STUDENT: (Relation.SELF,),
}
"""Roles without a relation to children see none: analyst, backbone, operator, public."""


def decide(viewer: Principal, child: Facts) -> Decision | None:
    """What the viewer may have of the child; None where it may not know that there is one."""
    relation = relation_of(viewer, child)
    if relation is None:
        return None
    return Decision(
        relation,
        _RELEASED[relation],
        _WITHHELD.get(relation, {}),
        _SCOPES.get(relation, ContactScope.ALL),
        viewer.partner_id if relation is Relation.PARTNER else None,
    )


def relation_of(viewer: Principal, child: Facts) -> Relation | None:
    for relation in RELATIONS_OF_ROLE.get(viewer.role, ()):
        if _stands(relation, viewer, child):
            return relation
    return None


def _stands(relation: Relation, viewer: Principal, child: Facts) -> bool:
    match relation:
        case Relation.DISTRICT:
            return viewer.partner_id in child.sources
        case Relation.TEACHER:
            return viewer.person_id in child.teachers
        case Relation.SCHOOL_LEADER:
            return viewer.person_id in child.leaders
        case Relation.PARTNER:
            return viewer.partner_id in child.partners
        case Relation.GUARDIAN:
            return any(_has_rights(c) and c.person_id == viewer.person_id for c in child.contacts)
        case Relation.SELF:
            return viewer.person_id == child.student_id


def _has_rights(contact: ContactFact) -> bool:
    return contact.legal_guardian == LegalGuardian.YES and not contact.restricted


def details_shown(scope: ContactScope, contact: ContactFact) -> bool:
    """Whether telephone, e-mail, language and court orders of this contact are shown."""
    if scope is ContactScope.LEGAL_GUARDIANS:
        return _has_rights(contact)
    return scope is ContactScope.ALL or not contact.restricted


def listed(scope: ContactScope, contact: ContactFact) -> bool:
    """Whether this contact appears at all."""
    return scope is not ContactScope.LEGAL_GUARDIANS or _has_rights(contact)


def releases(role: Role, category: Category) -> tuple[Relation, ...]:
    """The relations of this role that release the category, for conditions on lists."""
    return tuple(r for r in RELATIONS_OF_ROLE.get(role, ()) if category in _RELEASED[r])


def grant(
    viewer: Principal, child: Facts, decision: Decision, class_ids: tuple[UUID, ...]
) -> Grant:
    """What resources and outcomes may release to this viewer."""
    return Grant(
        student_id=child.student_id,
        viewer=viewer.account_id,
        categories=frozenset(decision.released),
        class_ids=class_ids if Category.RESOURCES in decision.released else (),
    )
