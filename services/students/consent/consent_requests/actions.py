"""Asking families, taking their answers, and asking students anew when they come of age."""

import asyncio
import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.consent.consent_forms import queries as forms
from services.students.consent.consent_forms.records import ConsentFormRow
from services.students.consent.consent_requests import queries, rules
from services.students.consent.consent_requests.records import ConsentRequestRow
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
from shared.persistence.database import Database
from shared.security.principal import Principal

log = logging.getLogger(__name__)

PAUSE_SECONDS = 60
AT_ONCE = 100
ELEMENTS = (
    "partner_id", "partner_kind", "purpose", "categories", "begins_on", "ends_on", "text",
    "text_version", "language",
)  # fmt: skip
Q: Any = ConsentRequestRow
ASKED = """
    select id as aggregate_id, version, jsonb_build_object('request_id', id, 'student_id',
           student_id, 'form_id', form_id, 'status', 'open') as data
    from consent_request where id = any(:ids)
"""


async def tell_requests(
    session: AsyncSession, caller: Principal, found: Page[ConsentRequest]
) -> Page[ConsentRequest]:
    """With the release of each written down."""
    return await disclosures.listed(session, caller, found, [Category.IDENTITY])


async def tell_request(
    session: AsyncSession, caller: Principal, request_id: UUID
) -> ConsentRequest:
    found = await queries.request(session, caller, request_id)
    await tell_requests(session, caller, Page(items=[found], next=None))
    return found


async def ask(
    session: AsyncSession, caller: Principal, form_id: UUID, asking: ConsentAsking
) -> ConsentAsked:
    """Each family once by one form, however often it is asked."""
    rules.ensure_one_way(asking)
    form = await forms.own_form(session, caller, form_id)
    children = await queries.children(session, caller, asking)
    await disclosures.release_list(session, caller, children, [Category.IDENTITY])

    names = ["id", "version", "form_id", "student_id", "addressee", "asked_by", "created_at",
             "updated_at"]  # fmt: skip
    made = insert(Q).from_select(names, queries.asked_of(caller, form.id, children))
    once = made.on_conflict_do_nothing(constraint="consent_request_once").returning(Q.id)
    ids = list((await session.execute(once)).scalars())

    await announce_many(session, ConsentRequestChanged, ASKED, {"ids": ids})
    return ConsentAsked(asked=len(ids), known=len(children) - len(ids))


async def answer(session: AsyncSession, word: ConsentRow, now: datetime) -> None:
    """What the word's form asked of this child is answered by it."""
    if word.form_id is None:
        return
    for request in await queries.waiting_rows(session, word.form_id, word.student_id):
        request.consent_id, request.answered_at = word.id, now
        granted = word.status == ConsentStatus.GRANTED
        _tell(session, request, RequestStatus.GRANTED if granted else RequestStatus.REFUSED)


async def withdraw(
    session: AsyncSession, caller: Principal, request_id: UUID, now: datetime
) -> ConsentRequestRow:
    request, status = await queries.request_row(session, caller, request_id)

    rules.ensure_open(status)

    request.withdrawn_at = now

    _tell(session, request, RequestStatus.WITHDRAWN)
    return request


async def ask_anew_for_ever(database: Database, _: Settings) -> None:
    """Never returns. At 18 the parents' consents lapse by the clock; this asks the students."""
    while True:
        try:
            async with database.alone("renewals") as connection:
                while True:
                    await connection.execute("select 1")  # whether we are still alone
                    while await ask_anew(database):
                        pass
                    await asyncio.sleep(PAUSE_SECONDS)
        except Exception as error:  # nobody waits for it, so it is not worth the process
            log.warning("renewals paused (%s)", type(error).__name__)
        await asyncio.sleep(PAUSE_SECONDS)


async def ask_anew(database: Database) -> int:
    """Some of the students of age whose parents' consents have lapsed; how many consents."""
    async with database.transaction() as session:
        found = (await session.execute(queries.lapsed().limit(AT_ONCE))).all()
        asked: set[tuple[UUID, UUID]] = set()
        for consent, source, form_id in found:
            wanted = form_id or await _form_of(session, consent, source)
            if (wanted, consent.student_id) in asked:
                continue
            asked.add((wanted, consent.student_id))
            request = ConsentRequestRow(
                form_id=wanted, student_id=consent.student_id, addressee=Addressee.STUDENT
            )
            _tell(session, request, RequestStatus.OPEN)
    return len(found)


async def _form_of(session: AsyncSession, consent: ConsentRow, source: UUID) -> UUID:
    """In the words of the consent itself; asked by the district."""
    form = ConsentFormRow(
        owner_id=source, of_consent=consent.id, **consent.model_dump(include=set(ELEMENTS))
    )
    session.add(form)
    await session.flush()
    return form.id


def _tell(session: AsyncSession, request: ConsentRequestRow, status: RequestStatus) -> None:
    changed = ConsentRequestChanged(
        request_id=request.id, student_id=request.student_id, form_id=request.form_id,
        status=status,
    )  # fmt: skip
    announce(session, request, changed)
