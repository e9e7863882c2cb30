"""What families are asked, as the caller may know it."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures.queries import refusal
from services.students.access.policy import queries as access
from services.students.access.relations.queries import TODAY, eligible
from services.students.consent.consent_forms.records import ConsentFormRow
from services.students.consent.consent_requests.records import ConsentRequestRow
from services.students.consent.consents.records import ConsentRow
from services.students.participation.engagements.records import EngagementRow
from services.students.participation.programs.records import OfferingPartnerRow
from services.students.roster.students.records import StudentRow
from shared.contracts.students.access import Category
from shared.contracts.students.consent import ConsentStatus
from shared.contracts.students.consent_form import (
    FIRST_CHARACTERS,
    Addressee,
    ConsentAsking,
    ConsentRequest,
    RequestStatus,
)
from shared.contracts.students.engagement import LIVE_STAGES
from shared.contracts.students.student import StudentStatus
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, many, one, row_for_change, unknown
from shared.security.principal import Principal, Role

Q: Any = ConsentRequestRow  # columns, where mypy would see values
F: Any = ConsentFormRow
G: Any = ConsentRow
S: Any = StudentRow
E: Any = EngagementRow
O: Any = OfferingPartnerRow  # noqa: E741
NOUN = "consent-request"


def addressee() -> ColumnElement[str]:
    """Who has the rights today."""
    return case((eligible(S), Addressee.STUDENT.value), else_=Addressee.PARENTS.value)


def status() -> ColumnElement[str]:
    """A request is answered once; what is taken back later, the consent says."""
    standing = and_(F.ends_on >= TODAY, Q.addressee == addressee(), S.status == _HERE)
    granted = G.granted_at.is_not(None)
    return case(
        (Q.consent_id.is_not(None) & granted, RequestStatus.GRANTED.value),
        (Q.consent_id.is_not(None), RequestStatus.REFUSED.value),
        (Q.withdrawn_at.is_not(None), RequestStatus.WITHDRAWN.value),
        (standing, RequestStatus.OPEN.value),
        else_=RequestStatus.LAPSED.value,
    )


_HERE = StudentStatus.ACTIVE.value


def first_words() -> ColumnElement[str]:
    """So many that a list shows what is asked."""
    begun = func.left(F.text, FIRST_CHARACTERS - 1).concat("…")
    return case((func.char_length(F.text) > FIRST_CHARACTERS, begun), else_=F.text).label(
        "first_words"
    )


def listed(caller: Principal) -> Select[Any]:
    """Of children whose identity the caller may have: the family what it is asked itself, a
    partner what it asks or what names it, the district all."""
    named = [c for c in columns(ConsentRequest, ConsentRequestRow) if c.key != "status"]
    found = (
        select(
            *named,
            status().label("status"),
            Q.created_at.label("asked_at"),
            F.partner_id,
            O.name.label("partner_name"),
            F.partner_kind,
            F.purpose,
            first_words(),
        )
        .join(F, F.id == Q.form_id)
        .outerjoin(O, O.partner_id == F.partner_id)
        .join(S, S.id == Q.student_id)
        .outerjoin(G, G.id == Q.consent_id)
        .where(access.may_see(caller, Q.student_id, Category.IDENTITY))
    )
    match caller.role:
        case Role.GUARDIAN | Role.STUDENT:
            own = Addressee.STUDENT if caller.role is Role.STUDENT else Addressee.PARENTS
            return found.where(access.stands(caller, Q.student_id), Q.addressee == own)
        case Role.DISTRICT_ADMIN:
            return found.where(access.stands(caller, Q.student_id))
        case _:
            mine = or_(F.owner_id == caller.partner_id, F.partner_id == caller.partner_id)
            return found.where(mine)


async def requests(
    session: AsyncSession, caller: Principal, paging: PageRequest, *,
    student_id: UUID | None, form_id: UUID | None, wanted: RequestStatus | None,
) -> Page[ConsentRequest]:  # fmt: skip
    filters = {Q.student_id: student_id, Q.form_id: form_id, status(): wanted}
    found = listed(caller).where(*(c == v for c, v in filters.items() if v is not None))
    return await page(
        session, found, ConsentRequest, paging, by=[Q.created_at, Q.id], descending=True
    )


async def request(reader: Reading, caller: Principal, request_id: UUID) -> ConsentRequest:
    return await one(reader, listed(caller).where(Q.id == request_id), ConsentRequest, NOUN)


async def request_row(
    session: AsyncSession, caller: Principal, request_id: UUID
) -> tuple[ConsentRequestRow, RequestStatus]:
    """For change, by who asks: the partner of its form."""
    mine = or_(F.owner_id == caller.partner_id, F.partner_id == caller.partner_id)
    asks = select(F.id).where(F.id == Q.form_id, mine).exists()
    row = await row_for_change(session, ConsentRequestRow, request_id, NOUN, asks)
    return row, (await request(session, caller, request_id)).status


async def waiting_rows(
    session: AsyncSession, form_id: UUID, student_id: UUID
) -> list[ConsentRequestRow]:
    """For change: what a word under this form answers."""
    found = select(Q).where(
        Q.form_id == form_id, Q.student_id == student_id,
        Q.consent_id.is_(None), Q.withdrawn_at.is_(None),
    )  # fmt: skip
    return list((await session.execute(found.with_for_update())).scalars())


async def children(session: AsyncSession, caller: Principal, asking: ConsentAsking) -> list[UUID]:
    """Whom to ask, of those that the caller knows otherwise than by an emergency: what is asked
    outlasts it. Raises `student-unknown` where a
    child was named that the caller may not know of."""
    found = select(S.id).where(S.status == _HERE, access.known_lastingly(caller))
    if asking.program_id is not None:
        engaged = select(E.id).where(
            E.student_id == S.id, E.program_id == asking.program_id, E.stage.in_(LIVE_STAGES)
        )
        if caller.role is not Role.DISTRICT_ADMIN:
            engaged = engaged.where(E.partner_id == caller.partner_id)
        return list((await session.execute(found.where(engaged.exists()))).scalars())
    named = list(dict.fromkeys(asking.student_ids or ()))
    known = set((await session.execute(found.where(S.id.in_(named)))).scalars())
    for id in named:
        if id not in known:
            raise unknown("student", keeping=refusal(caller, id, [Category.IDENTITY]))
    return named


def asked_of(caller: Principal, form_id: UUID, student_ids: list[UUID]) -> Select[Any]:
    """The rows of new requests, each to who has the rights."""
    return select(
        func.gen_random_uuid(), literal(1), literal(form_id), S.id, addressee(), literal(caller.account_id),
        func.now(), func.now(),
    ).where(S.id.in_(student_ids))  # fmt: skip


def lapsed() -> Select[Any]:
    """Yeses of parents that would still hold, had the rights not moved to the student: those of
    which the student has not been asked."""
    asked = select(Q.id).where(
        Q.student_id == G.student_id, Q.form_id == F.id, Q.addressee == Addressee.STUDENT
    )
    return (
        select(G, S.source, F.id)
        .join(S, S.id == G.student_id)
        .outerjoin(F, or_(F.id == G.form_id, F.of_consent == G.id))
        .where(
            eligible(S), S.status == _HERE, G.status == ConsentStatus.GRANTED,
            G.given_by != G.student_id, G.begins_on <= TODAY, G.ends_on >= TODAY,
            ~asked.exists(),
        )
        .order_by(G.id)
        .with_for_update(of=G, skip_locked=True)
    )  # fmt: skip


async def every_request(
    reader: Reading, caller: Principal, student_id: UUID
) -> list[ConsentRequest]:
    """Of one child, the oldest first."""
    found = listed(caller).where(Q.student_id == student_id).order_by(Q.id)
    return await many(reader, found, ConsentRequest)
