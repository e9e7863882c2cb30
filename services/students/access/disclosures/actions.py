"""Writing the disclosure log, in the transaction of the release itself. Where the row cannot be
written, nothing is disclosed."""

from collections.abc import Collection, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import queries, rules
from services.students.access.disclosures.records import DisclosureRow
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
    """Write down the release of those of `categories` that the decision releases. Where the family
    has a statement on one of them, the answer links to it (99.21(c))."""
    for row in rules.released(caller, student_id, decision, categories, channel):
        record(session, row)
    if not decision.stated.isdisjoint(categories):
        name_statement(session, student_id)


def name_statement(session: AsyncSession, student_id: UUID) -> None:
    link(session, f"/v1/students/{student_id}", "describedby")


def record(session: AsyncSession, row: dict[str, Any]) -> None:
    """Write a row from `rules`: at the end of the transaction, together with all others."""
    write_last(session, WRITE, row)


async def listed(
    session: AsyncSession,
    caller: Principal,
    found: Page[T],
    told: Collection[Category],
    *,
    own_records: bool = False,
) -> Page[T]:
    """The page itself, after writing down the release of each child's categories, as `release_list`
    does."""
    ids = [getattr(item, "student_id", None) or item.id for item in found.items]
    await release_list(session, caller, ids, told, own_records=own_records)
    return found


async def named(
    session: AsyncSession,
    caller: Principal,
    found: Page[T],
    told: Collection[Category],
    *,
    own_records: bool = False,
) -> Page[T]:
    """The page with the name of each child whose identity the caller may have, after writing down the
    release of `told` and of that identity."""
    ids = [item.student_id for item in found.items]
    wanted = dict.fromkeys([*told, Category.IDENTITY])
    given = await release_list(session, caller, ids, wanted, own_records=own_records)
    may = [id for id, categories in given.items() if Category.IDENTITY in categories]
    known = await queries.names(session, may)
    items = [
        item.model_copy(update={"student_name": known.get(item.student_id)})
        for item in found.items
    ]
    return found.model_copy(update={"items": items})


async def release_list(
    session: AsyncSession,
    caller: Principal,
    student_ids: Sequence[UUID],
    told: Collection[Category],
    *,
    own_records: bool = False,
) -> dict[UUID, list[Category]]:
    """Write down the release of a list, and give the categories that the policy releases of each
    child. The list discloses `told` of each child: the first category always, the others as far as
    the caller may have them. Conditions found the list; here each child passes the policy itself.
    `own_records`: a partner keeps its own records after the engagement. Raises
    `Unavailable("decision-changed")` where the policy no longer releases the first category."""
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
            raise Unavailable("decision-changed", "What you may see has just changed; try again.")
        ground = OWN_GROUNDS[needed]
        record(session, rules.of_ground(caller, student_id, ground, [needed], Channel.LIST))
        if child is not None and needed in child.stated:
            name_statement(session, student_id)
    return given


def by_refusal(
    caller: Principal, student_id: UUID, decision: Decision, categories: Collection[Category]
) -> list[DisclosureRow]:
    """The rows of a release by a refusal that names the child. The refusal carries them until they
    are written, since its transaction is not kept."""
    rows = rules.released(caller, student_id, decision, categories, Channel.LIST)
    return [DisclosureRow(**row) for row in rows]
