"""Consent requests, as the caller may see them."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures.queries import refusal
from services.students.access.policy import queries as access
from services.students.access.relations.queries import eligible
from services.students.consent.consent_forms.records import consent_form
from services.students.consent.consent_requests.records import ConsentRequestRow, consent_request
from services.students.consent.consents.records import ConsentRow, consent
from services.students.participation.engagements.records import engagement
from services.students.participation.programs.records import offering_partner
from services.students.roster.students.records import student
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
from shared.persistence.queries import TODAY, columns, many, one, row_for_change, unknown
from shared.security.principal import Principal, Role

NOUN = "consent-request"


def addressee() -> ColumnElement[str]:
    """The holder of the rights today."""
    return case((eligible(student), Addressee.STUDENT.value), else_=Addressee.PARENTS.value)


def status() -> ColumnElement[str]:
    """The status of a request. It is answered once; a later revocation shows in the consent."""
    standing = and_(
        consent_form.ends_on >= TODAY,
        consent_request.addressee == addressee(),
        student.status == _HERE,
    )
    granted = consent.granted_at.is_not(None)
    return case(
        (consent_request.consent_id.is_not(None) & granted, RequestStatus.GRANTED.value),
        (consent_request.consent_id.is_not(None), RequestStatus.REFUSED.value),
        (consent_request.withdrawn_at.is_not(None), RequestStatus.WITHDRAWN.value),
        (standing, RequestStatus.OPEN.value),
        else_=RequestStatus.LAPSED.value,
    )


_HERE = StudentStatus.ACTIVE.value


def first_words() -> ColumnElement[str]:
    """The beginning of the form's text, long enough for a list to show the request."""
    begun = func.left(consent_form.text, FIRST_CHARACTERS - 1).concat("…")
    return case(
        (func.char_length(consent_form.text) > FIRST_CHARACTERS, begun), else_=consent_form.text
    ).label("first_words")


def listed(caller: Principal) -> Select[Any]:
    """The requests about children whose identity the caller may have: the family reads those to
    itself, a partner those that it makes or that name it, the district all."""
    named = [c for c in columns(ConsentRequest, ConsentRequestRow) if c.key != "status"]
    found = (
        select(
            *named,
            status().label("status"),
            consent_request.created_at.label("asked_at"),
            consent_form.partner_id,
            offering_partner.name.label("partner_name"),
            consent_form.partner_kind,
            consent_form.purpose,
            first_words(),
        )
        .join(consent_form, consent_form.id == consent_request.form_id)
        .outerjoin(offering_partner, offering_partner.partner_id == consent_form.partner_id)
        .join(student, student.id == consent_request.student_id)
        .outerjoin(consent, consent.id == consent_request.consent_id)
        .where(access.may_see(caller, consent_request.student_id, Category.IDENTITY))
    )
    match caller.role:
        case Role.GUARDIAN | Role.STUDENT:
            own = Addressee.STUDENT if caller.role is Role.STUDENT else Addressee.PARENTS
            return found.where(
                access.stands(caller, consent_request.student_id), consent_request.addressee == own
            )
        case Role.DISTRICT_ADMIN:
            return found.where(access.stands(caller, consent_request.student_id))
        case _:
            return found.where(_asked_by(caller))


def _asked_by(caller: Principal) -> ColumnElement[bool]:
    """The caller's partner asks with the form, or is named in it."""
    return or_(
        consent_form.owner_id == caller.partner_id, consent_form.partner_id == caller.partner_id
    )


async def requests(
    session: AsyncSession, caller: Principal, paging: PageRequest, *,
    student_id: UUID | None, form_id: UUID | None, wanted: RequestStatus | None,
) -> Page[ConsentRequest]:  # fmt: skip
    filters = {
        consent_request.student_id: student_id, consent_request.form_id: form_id,
        status(): wanted,
    }  # fmt: skip
    found = listed(caller).where(*(c == v for c, v in filters.items() if v is not None))
    by = [consent_request.created_at, consent_request.id]
    return await page(session, found, ConsentRequest, paging, by=by, descending=True)


async def one_request(reader: Reading, caller: Principal, request_id: UUID) -> ConsentRequest:
    found = listed(caller).where(consent_request.id == request_id)
    return await one(reader, found, ConsentRequest, NOUN)


async def request_row(
    session: AsyncSession, caller: Principal, request_id: UUID
) -> tuple[ConsentRequestRow, RequestStatus]:
    """The request for change, and its status: for the owner of its form and the partner that the
    form names."""
    form = select(consent_form.id).where(consent_form.id == consent_request.form_id)
    asks = form.where(_asked_by(caller)).exists()
    row = await row_for_change(session, ConsentRequestRow, request_id, NOUN, asks)
    return row, (await one_request(session, caller, request_id)).status


async def waiting_rows(
    session: AsyncSession, form_id: UUID, student_id: UUID
) -> list[ConsentRequestRow]:
    """For change: the child's requests that a decision under this form answers."""
    found = select(ConsentRequestRow).where(
        consent_request.form_id == form_id, consent_request.student_id == student_id,
        consent_request.consent_id.is_(None), consent_request.withdrawn_at.is_(None),
    )  # fmt: skip
    return list((await session.execute(found.with_for_update())).scalars())


async def children(session: AsyncSession, caller: Principal, asking: ConsentAsking) -> list[UUID]:
    """The children whose families are asked, among those that the caller knows by another ground
    than an emergency: a request outlasts an emergency. Raises `NotFound("student-unknown")` where a
    named child is hidden or absent."""
    found = select(student.id).where(student.status == _HERE, access.known_lastingly(caller))
    if asking.program_id is not None:
        engaged = select(engagement.id).where(
            engagement.student_id == student.id,
            engagement.program_id == asking.program_id,
            engagement.stage.in_(LIVE_STAGES),
        )
        if caller.role is not Role.DISTRICT_ADMIN:
            engaged = engaged.where(engagement.partner_id == caller.partner_id)
        return list((await session.execute(found.where(engaged.exists()))).scalars())
    named = list(dict.fromkeys(asking.student_ids or ()))
    known = set((await session.execute(found.where(student.id.in_(named)))).scalars())
    for id in named:
        if id not in known:
            raise unknown("student", keeping=refusal(caller, id, [Category.IDENTITY]))
    return named


def asked_of(caller: Principal, form_id: UUID, student_ids: list[UUID]) -> Select[Any]:
    """The rows of new requests, each addressed to the holder of the rights."""
    return select(
        func.gen_random_uuid(), literal(1), literal(form_id), student.id, addressee(),
        literal(caller.account_id), func.now(), func.now(),
    ).where(student.id.in_(student_ids))  # fmt: skip


def lapsed() -> Select[Any]:
    """The parents' consents that ended only because the rights passed to the student, and about
    which the student has not been asked."""
    asked = select(consent_request.id).where(
        consent_request.student_id == consent.student_id,
        consent_request.form_id == consent_form.id,
        consent_request.addressee == Addressee.STUDENT,
    )
    return (
        select(ConsentRow, student.source, consent_form.id)
        .join(student, student.id == consent.student_id)
        .outerjoin(
            consent_form,
            or_(consent_form.id == consent.form_id, consent_form.of_consent == consent.id),
        )
        .where(
            eligible(student), student.status == _HERE, consent.status == ConsentStatus.GRANTED,
            consent.given_by != consent.student_id, consent.begins_on <= TODAY,
            consent.ends_on >= TODAY, ~asked.exists(),
        )
        .order_by(consent.id)
        .with_for_update(of=consent, skip_locked=True)
    )  # fmt: skip


async def every_request(
    reader: Reading, caller: Principal, student_id: UUID
) -> list[ConsentRequest]:
    """Every request about one child, the oldest first."""
    found = listed(caller).where(consent_request.student_id == student_id)
    return await many(reader, found.order_by(consent_request.id), ConsentRequest)
