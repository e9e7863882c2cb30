"""The signer of a decision, with everything known about the child at that moment."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures.queries import refusal
from services.students.access.facts.queries import facts
from services.students.access.policy import queries as access
from services.students.access.policy.rules import Decision
from services.students.access.relations.rules import Facts
from services.students.consent.signers import rules
from shared.contracts.students.access import Category
from shared.contracts.students.consent import Signing
from shared.persistence.queries import one_at_a_time, unknown
from shared.security.principal import Principal


async def known(
    session: AsyncSession, caller: Principal, student_id: UUID, *wanted: Category
) -> tuple[Facts, Decision]:
    """The facts about the child, and the decision on it. Refuses as `access.decided`."""
    child = await facts(session, caller, student_id)
    decision = access.decided(caller, student_id, child, *wanted)
    if child is None:  # decided has refused
        raise unknown("student")
    return child, decision


async def speaking(
    session: AsyncSession, caller: Principal, student_id: UUID, signing: Signing
) -> tuple[Facts, UUID]:
    """The child, and the person with rights in its record who signs. Decisions about one child are
    written one at a time, so that each is later than the one before; readers and rosters do not
    wait for them."""
    await one_at_a_time(session, f"word:{student_id}")
    child, decision = await known(session, caller, student_id)
    if decision.relation not in rules.SPEAKING:
        raise unknown("student", keeping=refusal(caller, student_id, []))
    signer = rules.signer(caller, decision.relation, signing)
    rules.ensure_entitled(signer, child)
    return child, signer
