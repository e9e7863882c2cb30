"""The parts of a child that another viewer would see."""

from uuid import UUID

from services.students.access.disclosures.queries import refusal
from services.students.access.facts.queries import facts
from services.students.access.policy import queries as access
from services.students.audit.access_simulator import rules
from services.students.consent.consents.queries import partners_known
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import SimulatedAccess
from shared.core.refusals import Forbidden
from shared.persistence.database import Reading
from shared.persistence.queries import unknown
from shared.security.principal import NOBODY, Principal, Role


async def simulated(
    reader: Reading, caller: Principal, student_id: UUID, organization_id: UUID, purpose: Purpose,
    role: Role,
) -> SimulatedAccess:  # fmt: skip
    """The simulated access of an organization. Refuses as `access.decided`, and with
    `Forbidden("simulation-withheld")`."""
    own = await facts(reader, caller, student_id)
    decision = access.decided(caller, student_id, own)
    if own is None or not rules.may_ask(caller, decision, own, organization_id):
        raise Forbidden(
            "simulation-withheld",
            "The family and the district may simulate the access of every organization, and a"
            " partner's administrator that of their own organization.",
            keeping=refusal(caller, student_id, []),
        )
    known = (await partners_known(reader, [organization_id])).get(organization_id)
    if known is None:
        raise unknown("partner")
    viewer = Principal(
        account_id=NOBODY.account_id, role=role, partner_id=organization_id, purpose=purpose
    )
    child = await facts(reader, viewer, student_id)
    if child is None:
        raise unknown("student")
    return rules.simulated(viewer, known.name, child)
