"""The policy: what a viewer may have of a child, and the clause that says so.

Default: nothing. One relation at a time: a role gives one, and a person with two memberships acts
under one of them. Basis: FERPA, 34 CFR 99.3 to 99.37; counsel must confirm for each state.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from services.students.access.agreements.rules import Place
from services.students.access.legal_bases import rules as grounds
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
from shared.security.grants import Grant
from shared.security.principal import Principal, Role

C = Category
CATEGORIES = tuple(Category)


@dataclass(frozen=True, slots=True)
class Decision:
    """`own_partner`: of engagements, dosage and notes released as the partner's own record, those
    of this partner alone. `stated`: with these parts goes the family's statement."""

    relation: Relation
    released: Mapping[Category, Ground]
    withheld: Mapping[Category, str]
    contact_scope: ContactScope
    own_partner: UUID | None = None
    stated: frozenset[Category] = frozenset()

    def only(self, category: Category) -> UUID | None:
        """The partner whose records alone are released; null where all are."""
        own = self.released[category].basis is Basis.OWN_RECORD
        return self.own_partner if own else None

    def answer(self, purpose: Purpose) -> Access:
        return Access(
            relation=self.relation,
            purpose=purpose,
            released=[_clause(c, ground) for c, ground in self.released.items()],
            withheld=[Clause(category=c, clause=text) for c, text in self.withheld.items()],
        )


def _clause(category: Category, ground: Ground) -> Clause:
    return Clause(
        category=category, clause=ground.clause, basis=ground.basis,
        agreement_id=ground.agreement_id, consent_id=ground.consent_id,
        further_parties=list(ground.further_parties),
    )  # fmt: skip


def _all(clause: str, basis: Basis, but: Mapping[Category, str]) -> dict[Category, Ground]:
    return {c: Ground(clause, basis) for c in Category if c not in but}


SCHOOL = (
    "Staff of the child's school with a legitimate educational interest: {} (34 CFR 99.31(a)(1))."
)
NOT_IN_SCHOOL = (
    "Birth date, sex, race, ethnicity and place of birth are not needed in class or school office."
)
NOT_TO_TEACH = "Restricted notes are for those who support the child and the school's leaders."
FAMILY = "A parent or legal guardian may see the child's record unless a court order says otherwise (34 CFR 99.4, 99.10)."
EMERGENCY = "An emergency was declared; what protects the child's health and safety is open for a day, and will be reviewed (34 CFR 99.36)."
NOT_IN_EMERGENCY = (
    "An emergency opens only what is needed to protect: name, contacts, and where the child is."
)

_WITHHELD: dict[Relation, dict[Category, str]] = {
    Relation.TEACHER: {C.DEMOGRAPHICS: NOT_IN_SCHOOL, C.NOTES: NOT_TO_TEACH},
    Relation.SCHOOL_LEADER: {C.DEMOGRAPHICS: NOT_IN_SCHOOL},
}
_RELEASED: dict[Relation, dict[Category, Ground]] = {
    Relation.DISTRICT: _all(
        "The district keeps this child's education record, and its administrators may see it.",
        Basis.KEEPER, {},
    ),
    Relation.TEACHER: _all(
        SCHOOL.format("a teacher of one of the child's classes of today"),
        Basis.SCHOOL_STAFF, _WITHHELD[Relation.TEACHER],
    ),
    Relation.SCHOOL_LEADER: _all(
        SCHOOL.format("a principal or administrator of the child's school"),
        Basis.SCHOOL_STAFF, _WITHHELD[Relation.SCHOOL_LEADER],
    ),
    Relation.GUARDIAN: _all(FAMILY, Basis.PARENT, {}),
    Relation.SELF: _all("A student may see the own record.", Basis.STUDENT, {}),
}  # fmt: skip
EMERGENCY_CATEGORIES = (C.IDENTITY, C.CONTACTS, C.ENROLLMENT)
_SCOPES = {
    Relation.PARTNER: ContactScope.LEGAL_GUARDIANS,
    Relation.GUARDIAN: ContactScope.UNRESTRICTED,
    Relation.SELF: ContactScope.UNRESTRICTED,
    Relation.EMERGENCY: ContactScope.UNRESTRICTED,
}


def decide(viewer: Principal, child: Facts) -> Decision | None:
    """What the viewer may have of the child; None where it may not know that there is one."""
    for relation in RELATIONS_OF_ROLE.get(viewer.role, ()):
        if relation is Relation.PARTNER:
            released, withheld = _to_partner(viewer, child)
        elif stands(relation, viewer, child):
            released, withheld = _RELEASED[relation], _WITHHELD.get(relation, {})
        else:
            continue
        if released:
            scope = _SCOPES.get(relation, ContactScope.ALL)
            found = Decision(relation, released, withheld, scope, viewer.partner_id, child.stated)
            return _opened(found, child)
    if child.emergency_id is None:
        return None
    withheld = dict.fromkeys(Category, NOT_IN_EMERGENCY)
    scope = _SCOPES[Relation.EMERGENCY]
    return _opened(Decision(Relation.EMERGENCY, {}, withheld, scope, stated=child.stated), child)


def _to_partner(
    viewer: Principal, child: Facts
) -> tuple[dict[Category, Ground], dict[Category, str]]:
    if viewer.partner_id is None:
        return {}, {}
    terms = terms_of(viewer.partner_id, viewer, child)
    released = grounds.shared(terms)
    if any(partner_id == viewer.partner_id for partner_id, _ in child.engaged):
        released = grounds.OWN_GROUNDS | released
    if not released:
        return {}, {}
    return released, {c: grounds.missing(terms, c) for c in CATEGORIES if c not in released}


def terms_of(partner_id: UUID, viewer: Principal, child: Facts) -> Terms:
    programs = frozenset(program for partner, program in child.engaged)
    return Terms(
        partner_id, child.partner_kind, viewer.purpose, child.agreements, child.consents,
        Place(programs, child.school_id, child.grade), child.entitled, child.opted_out,
        child.now, child.today,
    )  # fmt: skip


def _opened(decision: Decision, child: Facts) -> Decision:
    """With what the viewer's emergency opens beyond it."""
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
    )


def details_shown(scope: ContactScope, contact: ContactFact) -> bool:
    """Whether telephone, e-mail, language and court orders of this contact are shown."""
    if scope is ContactScope.LEGAL_GUARDIANS:
        return has_rights(contact)
    return scope is ContactScope.ALL or not contact.restricted


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
    """What resources and outcomes may release to this viewer: `categories` were decided."""
    return Grant(
        student_id=student_id,
        viewer=viewer.account_id,
        categories=frozenset(categories),
        class_ids=class_ids if Category.RESOURCES in categories else (),
    )
