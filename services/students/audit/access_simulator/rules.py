"""The policy for a viewer who is not the caller: the same policy as for real requests
(access/policy)."""

from uuid import UUID

from services.students.access.legal_bases import rules as legal_bases
from services.students.access.policy import rules as policy
from services.students.access.policy.rules import Decision
from services.students.access.relations.rules import Facts
from services.students.audit.accounting.rules import may_read
from shared.contracts.students.access import Category, Clause, Relation, SimulatedAccess
from shared.security.principal import Principal, Role


def may_ask(caller: Principal, decision: Decision, child: Facts, organization_id: UUID) -> bool:
    """Whether the caller may simulate this organization's access. The family and the district may
    simulate every organization's; a partner's administrator the own one's, for a child whom it may
    know."""
    if may_read(decision, child):
        return True
    own = caller.role is Role.PARTNER_ADMIN and caller.partner_id == organization_id
    return own and decision.relation is Relation.PARTNER


def simulated(viewer: Principal, name: str, child: Facts) -> SimulatedAccess:
    """The access that the policy would give. `viewer`: a person of the organization of this name.
    `child`: the facts for that organization."""
    if viewer.partner_id is None:
        raise ValueError("a simulated viewer acts for an organization")
    decision = policy.decide(viewer, child)
    terms = policy.terms_of(viewer.partner_id, viewer, child)
    told = None if decision is None else decision.answer(viewer.purpose)
    missing = told.withheld if told else [
        Clause(category=category, clause=legal_bases.missing(terms, category)) for category in Category
    ]  # fmt: skip
    return SimulatedAccess(
        organization_id=viewer.partner_id, organization_name=name, role=viewer.role, purpose=viewer.purpose,
        known=told is not None, released=told.released if told else [], missing=missing,
    )  # fmt: skip
