"""Asking families, recording their answers, and asking students anew when they come of age."""

from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.consent.consent_forms import queries as consent_forms
from services.students.consent.consent_forms.actions import write_again
from services.students.consent.consent_requests import queries, rules
from services.students.consent.consent_requests.records import ConsentRequestRow, consent_request
from services.students.consent.consents.records import ConsentRow
from shared.contracts.students.access import Category
from shared.contracts.students.consent import ConsentStatus
from shared.contracts.students.consent_form import (
    Addressee,
    ConsentAsked,
    ConsentAsking,
    ConsentRequest,
    ConsentRequestChanged,
    RequestStatus,
)
from shared.core.settings import Settings
from shared.events.outbox import announce, announce_many
from shared.http.paging import Page
from shared.persistence.alone import settle_for_ever
from shared.persistence.database import Database
from shared.security.principal import Principal

PAUSE_SECONDS = 60
AT_ONCE = 100
ASKED = """
    select id as aggregate_id, version, jsonb_build_object('request_id', id, 'student_id',
           student_id, 'form_id', form_id, 'status', 'open') as data
    from consent_request where id = any(:ids)
"""


async def disclose_requests(
    session: AsyncSession, caller: Principal, found: Page[ConsentRequest]
) -> Page[ConsentRequest]:
    """The page with the children's names, after writing down the release of each request."""
    return await disclosures.named(session, caller, found, [Category.IDENTITY])


async def disclose_request(
    session: AsyncSession, caller: Principal, request_id: UUID
) -> ConsentRequest:
    found = await queries.one_request(session, caller, request_id)
    told = await disclose_requests(session, caller, Page(items=[found], next=None))
    return told.items[0]


async def ask(
    session: AsyncSession, caller: Principal, form_id: UUID, asking: ConsentAsking
) -> ConsentAsked:
    """Ask each family by this form, once: a second request about the same child changes nothing."""
    rules.ensure_one_way(asking)
    form = await consent_forms.own_form(session, caller, form_id)
    children = await queries.children(session, caller, asking)
    await disclosures.release_list(session, caller, children, [Category.IDENTITY])

    names = ["id", "version", "form_id", "student_id", "addressee", "asked_by", "created_at",
             "updated_at"]  # fmt: skip
    made = insert(consent_request).from_select(names, queries.asked_of(caller, form.id, children))
    once = made.on_conflict_do_nothing(constraint="consent_request_once").returning(
        consent_request.id
    )
    ids = list((await session.execute(once)).scalars())

    await announce_many(session, ConsentRequestChanged, ASKED, {"ids": ids})
    return ConsentAsked(asked=len(ids), known=len(children) - len(ids))


async def answer(session: AsyncSession, word: ConsentRow, now: datetime) -> None:
    """Close the open requests of the decision's form about this child with that decision."""
    if word.form_id is None:
        return
    for request in await queries.waiting_rows(session, word.form_id, word.student_id):
        request.consent_id, request.answered_at = word.id, now
        granted = word.status == ConsentStatus.GRANTED
        _announce(session, request, RequestStatus.GRANTED if granted else RequestStatus.REFUSED)


async def withdraw(
    session: AsyncSession, caller: Principal, request_id: UUID, now: datetime
) -> ConsentRequestRow:
    request, status = await queries.request_row(session, caller, request_id)

    rules.ensure_open(status)

    request.withdrawn_at = now

    _announce(session, request, RequestStatus.WITHDRAWN)
    return request


async def ask_anew_for_ever(database: Database, _: Settings) -> None:
    """Ask students anew, without end. At 18 the parents' consents lapse by the clock."""
    await settle_for_ever(database, "renewals", partial(ask_anew, database), PAUSE_SECONDS)


async def ask_anew(database: Database) -> int:
    """Ask a batch of students of age whose parents' consents have lapsed. Gives the number of
    lapsed consents."""
    async with database.transaction() as session:
        found = (await session.execute(queries.lapsed().limit(AT_ONCE))).all()
        asked: set[tuple[UUID, UUID]] = set()
        for consent, source, form_id in found:
            wanted = form_id or await write_again(session, consent, source)
            if (wanted, consent.student_id) in asked:
                continue
            asked.add((wanted, consent.student_id))
            request = ConsentRequestRow(
                form_id=wanted, student_id=consent.student_id, addressee=Addressee.STUDENT
            )
            _announce(session, request, RequestStatus.OPEN)
    return len(found)


def _announce(session: AsyncSession, request: ConsentRequestRow, status: RequestStatus) -> None:
    changed = ConsentRequestChanged(
        request_id=request.id, student_id=request.student_id, form_id=request.form_id,
        status=status,
    )  # fmt: skip
    announce(session, request, changed)
