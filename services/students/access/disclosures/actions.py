"""Writing the disclosure log, in the transaction of the release itself: if the row cannot be
written, nothing is released."""

from collections.abc import Collection, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import rules
from services.students.access.facts import queries as facts
from services.students.access.legal_bases.rules import OWN_GROUNDS
from services.students.access.policy import rules as policy
from services.students.access.policy.rules import Decision
from shared.contracts.students.access import Category
from shared.contracts.students.disclosure import Channel
from shared.core.refusals import Unavailable
from shared.http.paging import Page
from shared.persistence.database import link, write_last
from shared.security.principal import Principal

T = TypeVar("T", bound=Any)
FIELDS = """
    student_id, account_id, role, organization_id, purpose, channel, outcome, basis, agreement_id,
    consent_id, emergency_id, categories, further_parties
"""
WRITE = f"""
    insert into disclosure ({FIELDS})
    select {FIELDS} from jsonb_to_recordset($1::text::jsonb) as r(
      student_id uuid, account_id uuid, role text, organization_id uuid, purpose text, channel text,
      outcome text, basis text, agreement_id uuid, consent_id uuid, emergency_id uuid,
      categories text[], further_parties uuid[])
"""


def release(
    session: AsyncSession,
    caller: Principal,
    student_id: UUID,
    decision: Decision,
    categories: Collection[Category],
    channel: Channel = Channel.READ,
) -> None:
    """Of `categories` those that the decision releases. The answer says where the family's
    statement on any of them is to be read (99.21(c))."""
    for row in rules.released(caller, student_id, decision, categories, channel):
        record(session, row)
    if not decision.stated.isdisjoint(categories):
        name_statement(session, student_id)


def name_statement(session: AsyncSession, student_id: UUID) -> None:
    link(session, f"/v1/students/{student_id}", "describedby")


def record(session: AsyncSession, row: dict[str, Any]) -> None:
    """A row of `rules`, written as the last thing in the transaction, with all others at once."""
    write_last(session, WRITE, row)


async def listed(
    session: AsyncSession,
    caller: Principal,
    found: Page[T],
    told: Collection[Category],
    *,
    own_records: bool = False,
) -> Page[T]:
    """The list itself, with the release of each child's part written down; as `release_list`."""
    ids = [getattr(item, "student_id", None) or item.id for item in found.items]
    await release_list(session, caller, ids, told, own_records=own_records)
    return found


async def release_list(
    session: AsyncSession,
    caller: Principal,
    student_ids: Sequence[UUID],
    told: Collection[Category],
    *,
    own_records: bool = False,
) -> dict[UUID, list[Category]]:
    """Of a list that tells `told` of each child, the first of it always and the others as far as
    the caller may have them. The list was found by conditions; here each child passes the policy
    itself, and what of `told` it releases of each is answered. `own_records`: the caller's
    partner's own records stay its own after the engagement.
    Raises `Unavailable("decision-changed")`."""
    needed = next(iter(told))
    children = await facts.facts_of_many(session, caller, set(student_ids))
    given: dict[UUID, list[Category]] = {}
    for student_id in dict.fromkeys(student_ids):
        child = children.get(student_id)
        decision = None if child is None else policy.decide(caller, child)
        may = () if decision is None else decision.released
        given[student_id] = [category for category in told if category in may]
        if decision is not None:
            release(session, caller, student_id, decision, given[student_id], Channel.LIST)
        if needed in may:
            continue
        if not own_records or needed not in OWN_GROUNDS:
            raise Unavailable("decision-changed", "What you may see changed meanwhile; ask again.")
        ground = OWN_GROUNDS[needed]
        record(session, rules.of_ground(caller, student_id, ground, [needed], Channel.LIST))
        if child is not None and needed in child.stated:
            name_statement(session, student_id)
    return given
