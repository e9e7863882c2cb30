"""The policy asked for somebody who does not ask: the very same one (access/rules.py)."""

from uuid import UUID

from services.students.access.legal_bases import rules as grounds
from services.students.access.policy import rules as policy
from services.students.access.policy.rules import Decision
from services.students.access.relations.rules import Facts
from services.students.audit.accounting.rules import may_read
from shared.contracts.students.access import Category, Clause, Relation, SimulatedAccess
from shared.security.principal import Principal, Role


def may_ask(caller: Principal, decision: Decision, child: Facts, organization_id: UUID) -> bool:
    """The family and the district of every organization; a partner's administrator, of a child
    that it may know of, of the own one."""
    if may_read(decision, child):
        return True
    own = caller.role is Role.PARTNER_ADMIN and caller.partner_id == organization_id
    return own and decision.relation is Relation.PARTNER


def simulated(viewer: Principal, child: Facts) -> SimulatedAccess:
    """`viewer`: of an organization; `child`: the facts as they are for that organization."""
    if viewer.partner_id is None:
        raise ValueError("a simulated viewer acts for an organization")
    decision = policy.decide(viewer, child)
    terms = policy.terms_of(viewer.partner_id, viewer, child)
    told = None if decision is None else decision.answer(viewer.purpose)
    missing = told.withheld if told else [
        Clause(category=category, clause=grounds.missing(terms, category)) for category in Category
    ]  # fmt: skip
    return SimulatedAccess(
        organization_id=viewer.partner_id, role=viewer.role, purpose=viewer.purpose,
        known=told is not None, released=told.released if told else [], missing=missing,
    )  # fmt: skip
