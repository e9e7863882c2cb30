"""The policy: the categories of a child that a viewer may have, and the clause for each.

Without a ground the viewer gets nothing. One relation counts at a time: a role gives one, and a
person with two memberships acts under one of them. Basis: FERPA, 34 CFR 99.3 to 99.37; counsel must
confirm for each state.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from services.students.access.agreements.rules import Place
from services.students.access.legal_bases import rules as legal_bases
from services.students.access.legal_bases.rules import Ground, Terms
from services.students.access.relations.rules import (
    RELATIONS_OF_ROLE,
    ContactFact,
    Facts,
    has_rights,
    stands,
)
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import (
    Access,
    Basis,
    Category,
    Clause,
    ContactScope,
    Relation,
)
from shared.contracts.words import why, word
from shared.security.grants import Grant
from shared.security.principal import FAMILY, Principal, Role

C = Category
CATEGORIES = tuple(Category)


@dataclass(frozen=True, slots=True)
class Decision:
    """The policy's answer for one viewer and one child. `own_partner`: the partner whose engagements,
    dosage and notes alone are released, where they are released as its own record. `stated`: the
    categories that go with a statement of the family. `relative_id`: the viewer, where it is the
    child or a contact of it."""

    relation: Relation
    released: Mapping[Category, Ground]
    withheld: Mapping[Category, str]
    contact_scope: ContactScope
    own_partner: UUID | None = None
    stated: frozenset[Category] = frozenset()
    relative_id: UUID | None = None

    def only(self, category: Category) -> UUID | None:
        """The partner whose records alone are released; None where all are."""
        own = self.released[category].basis is Basis.OWN_RECORD
        return self.own_partner if own else None

    def answer(self, purpose: Purpose) -> Access:
        return Access(
            relation=self.relation,
            purpose=purpose,
            released=[clause(c, ground) for c, ground in self.released.items()],
            withheld=[Clause(category=c, clause=text) for c, text in self.withheld.items()],
        )


def clause(category: Category, ground: Ground) -> Clause:
    return Clause(
        category=category, clause=ground.clause, basis=ground.basis,
        agreement_id=ground.agreement_id, consent_id=ground.consent_id,
        further_parties=list(ground.further_parties),
    )  # fmt: skip


def _all(clause: str, basis: Basis, but: Mapping[Category, str]) -> dict[Category, Ground]:
    return {c: Ground(clause, basis) for c in Category if c not in but}


NOT_IN_SCHOOL = f"Not needed in class or school office: {word(C.DEMOGRAPHICS)}."
NOT_TO_TEACH = f"For those who support the child and the school's leaders: {word(C.NOTES)}."
OWN_SUPPORT = Ground(
    f"{why(Basis.SCHOOL_STAFF)} The viewer teaches the child, and may see what it wrote itself.",
    Basis.SCHOOL_STAFF,
)
EMERGENCY_CATEGORIES = (C.IDENTITY, C.CONTACTS, C.ENROLLMENT)
EMERGENCY = f"{why(Basis.EMERGENCY)} What protects the child is open for a day, and is reviewed."
NOT_IN_EMERGENCY = (
    "An emergency opens only what is needed to protect:"
    f" {'; '.join(map(word, EMERGENCY_CATEGORIES))}."
)

_WITHHELD: dict[Relation, dict[Category, str]] = {
    Relation.TEACHER: {C.DEMOGRAPHICS: NOT_IN_SCHOOL, C.NOTES: NOT_TO_TEACH},
    Relation.SCHOOL_LEADER: {C.DEMOGRAPHICS: NOT_IN_SCHOOL},
}
_RELEASED: dict[Relation, dict[Category, Ground]] = {
    Relation.DISTRICT: _all(
        f"{why(Basis.KEEPER)} Its administrators may see it.", Basis.KEEPER, {},
    ),
    Relation.TEACHER: _all(
        f"{why(Basis.SCHOOL_STAFF)} The viewer teaches one of the child's classes of today.",
        Basis.SCHOOL_STAFF, _WITHHELD[Relation.TEACHER],
    ) | {C.SUPPORT: OWN_SUPPORT},
    Relation.SCHOOL_LEADER: _all(
        f"{why(Basis.SCHOOL_STAFF)} The viewer is a principal or administrator of the school.",
        Basis.SCHOOL_STAFF, _WITHHELD[Relation.SCHOOL_LEADER],
    ),
    Relation.GUARDIAN: _all(why(Basis.PARENT), Basis.PARENT, {}),
    Relation.SELF: _all(why(Basis.STUDENT), Basis.STUDENT, {}),
}  # fmt: skip
_SCOPES = {
    Relation.PARTNER: ContactScope.LEGAL_GUARDIANS,
    Relation.GUARDIAN: ContactScope.UNRESTRICTED,
    Relation.SELF: ContactScope.UNRESTRICTED,
    Relation.EMERGENCY: ContactScope.UNRESTRICTED,
}


def decide(viewer: Principal, child: Facts) -> Decision | None:
    """The viewer's decision on the child; None where the viewer may not know of the child."""
    for relation in RELATIONS_OF_ROLE.get(viewer.role, ()):
        if relation is Relation.PARTNER:
            released, withheld = _to_partner(viewer, child)
        elif stands(relation, viewer, child):
            released, withheld = _RELEASED[relation], _WITHHELD.get(relation, {})
        else:
            continue
        if released:
            scope = _SCOPES.get(relation, ContactScope.ALL)
            found = Decision(
                relation, released, withheld, scope, viewer.partner_id, child.stated,
                _relative(viewer, child),
            )  # fmt: skip
            return _opened(found, child)
    if child.emergency_id is None:
        return None
    withheld = dict.fromkeys(Category, NOT_IN_EMERGENCY)
    scope = _SCOPES[Relation.EMERGENCY]
    found = Decision(
        Relation.EMERGENCY, {}, withheld, scope, stated=child.stated,
        relative_id=_relative(viewer, child),
    )  # fmt: skip
    return _opened(found, child)


def _to_partner(
    viewer: Principal, child: Facts
) -> tuple[dict[Category, Ground], dict[Category, str]]:
    if viewer.partner_id is None:
        return {}, {}
    terms = terms_of(viewer.partner_id, viewer, child)
    released = legal_bases.shared(terms)
    if viewer.partner_id in child.own_records:
        released = legal_bases.OWN_GROUNDS | released
    if not released:
        return {}, {}
    return released, {c: legal_bases.missing(terms, c) for c in CATEGORIES if c not in released}


def partner_viewer(
    partner_id: UUID, account_id: UUID, purpose: Purpose = Purpose.SERVICE
) -> Principal:
    """The partner as a viewer, without one of its people."""
    return Principal(
        account_id=account_id, role=Role.PARTNER_SYSTEM, partner_id=partner_id, purpose=purpose
    )


def terms_of(partner_id: UUID, viewer: Principal, child: Facts) -> Terms:
    return Terms(
        partner_id, child.partner_kind, viewer.purpose, child.agreements, child.standing,
        Place(child.programs, child.school_ids, child.grade), child.entitled, child.opted_out,
        child.now, child.today,
    )  # fmt: skip


def _opened(decision: Decision, child: Facts) -> Decision:
    """The decision, with the categories that the viewer's open emergency access adds."""
    if child.emergency_id is None:
        return decision
    ground = Ground(EMERGENCY, Basis.EMERGENCY, emergency_id=child.emergency_id)
    more = {c: ground for c in EMERGENCY_CATEGORIES if c not in decision.released}
    scope = ContactScope.UNRESTRICTED if C.CONTACTS in more else decision.contact_scope
    return Decision(
        decision.relation,
        {**decision.released, **more},
        {c: text for c, text in decision.withheld.items() if c not in more},
        scope,
        decision.own_partner,
        decision.stated,
        decision.relative_id,
    )


def details_shown(scope: ContactScope, contact: ContactFact) -> bool:
    """Whether this contact's telephone, e-mail, language and court orders are shown."""
    if scope is ContactScope.LEGAL_GUARDIANS:
        return has_rights(contact)
    return scope is ContactScope.ALL or not contact.restricted


def published(decision: Decision, contact_id: UUID, *, do_not_publish: bool) -> bool:
    """Whether the telephone and the e-mail of this contact may reach the viewer. Where the district
    marked them, they reach none of the child's other contacts, in whichever role, nor the child,
    whose device another contact may hold."""
    return not do_not_publish or decision.relative_id in {None, contact_id}


def _relative(viewer: Principal, child: Facts) -> UUID | None:
    contacts = {contact.person_id for contact in child.contacts}
    if viewer.role in FAMILY:
        return viewer.person_id or child.student_id
    return viewer.person_id if viewer.person_id in contacts else None


def listed(scope: ContactScope, contact: ContactFact) -> bool:
    """Whether this contact appears at all."""
    return scope is not ContactScope.LEGAL_GUARDIANS or has_rights(contact)


def releases(role: Role, category: Category) -> tuple[Relation, ...]:
    """The relations of this role that may release the category, for conditions on lists."""
    return tuple(
        r
        for r in RELATIONS_OF_ROLE.get(role, ())
        if r is Relation.PARTNER or category in _RELEASED[r]
    )


def grant(
    viewer: Principal,
    student_id: UUID,
    categories: Collection[Category],
    class_ids: tuple[UUID, ...],
) -> Grant:
    """The grant for resources and outcomes. `categories`: those that a decision releases to this
    viewer."""
    return Grant(
        student_id=student_id,
        viewer=viewer.account_id,
        categories=frozenset(categories),
        class_ids=class_ids if Category.RESOURCES in categories else (),
    )
