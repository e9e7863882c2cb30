"""Agreements as the caller may see them: those of the caller's partners, for a backbone also those
among members of the partnerships that it leads, or all for the operator."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from prometheus_client import Gauge
from sqlalchemy import ColumnElement, Select, any_, case, func, select, true
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased

from services.partners.agreements.agreements import rules
from services.partners.agreements.agreements.records import (
    AgreementRow,
    AgreementStepRow,
    agreement,
    agreement_step,
)
from services.partners.agreements.plain_language.rules import standing
from services.partners.agreements.term_versions.queries import versions
from services.partners.agreements.terms.records import agreement_terms
from services.partners.agreements.terms.rules import Directory
from services.partners.directory.backbones.queries import members_led_by
from services.partners.directory.partners.queries import names_of
from services.partners.directory.partners.records import partner
from services.partners.identity.accounts.records import account
from shared.contracts.partners.agreement import (
    Agreement,
    AgreementStatus,
    AgreementStep,
    AgreementSummary,
    AgreementTerms,
    Party,
    Side,
    TermsVersion,
)
from shared.contracts.purpose import Purpose
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.gauges import Watched
from shared.persistence.queries import columns, unknown
from shared.security.principal import Principal, Role

party: Any = aliased(partner)  # a second name, apart from the partner of the query around it
live_terms: Any = aliased(agreement_terms)
OF_ITS_VERSION = (agreement_terms.agreement_id == agreement.id) & (
    agreement_terms.number == agreement.terms_version
)
CLOSED = (AgreementStatus.SUSPENDED, AgreementStatus.ENDED)
MOST_CLOSED = 50


WATCHED = [
    Watched(
        Gauge("agreements_ending_soon", "Agreements in force that end within 30 days."),
        f"""
        select count(*) from agreement where status = '{AgreementStatus.IN_FORCE}'
        and ends_at between now() and now() + interval '30 days'
        """,
    )
]


class Shown(NamedTuple):
    """`settled`: the clock has not changed the status since the last step, so that the version
    determines the status."""

    answer: Agreement
    settled: bool


def own_partners(caller: Principal) -> Select[Any]:
    """The caller's partner; for a district's administrator also its schools."""
    found = party.id == caller.partner_id
    if caller.role is Role.DISTRICT_ADMIN:
        found |= party.parent_id == caller.partner_id
    return select(party.id).where(found)


def visible(caller: Principal) -> ColumnElement[bool]:
    """Whether the caller's partner is a party to the terms that count or are proposed; for a
    backbone also whether all parties are members, or were, of partnerships that it leads."""
    if caller.role is Role.OPERATOR:
        return true()
    named = select(live_terms.agreement_id).where(
        live_terms.agreement_id == agreement.id,
        live_terms.number >= agreement.terms_version,
        _involves(caller, live_terms.party_ids),
    )
    found: ColumnElement[bool] = agreement.id.in_(named)
    return found


def _involves(caller: Principal, party_ids: Any) -> Any:
    own = party_ids.overlap(_own_ids(caller))
    if caller.role is not Role.BACKBONE:
        return own
    members = members_led_by(caller.partner_id, present=False).subquery()
    return own | party_ids.contained_by(
        select(func.array_agg(members.c.partner_id)).scalar_subquery()
    )


def _own_ids(caller: Principal) -> Any:
    return select(func.array_agg(own_partners(caller).subquery().c.id)).scalar_subquery()


def closed(partner_id: Any) -> Any:
    """Ids of the agreements that were suspended or ended before their time, and under which the
    partner of the column therefore receives nothing more. The latest ones only, which other
    services may not have received yet."""
    found = (
        select(agreement.id)
        .join(agreement_terms, OF_ITS_VERSION)
        .where(
            agreement_terms.party_ids.contains(array([partner_id])),
            partner_id == any_(agreement_terms.recipients),
            agreement.status.in_(CLOSED), agreement.ends_at > func.now(),
        )
        .order_by(agreement.updated_at.desc())
        .limit(MOST_CLOSED)
    )  # fmt: skip
    return func.array(found.scalar_subquery())


def status_at(now: datetime) -> ColumnElement[str]:
    """The SQL form of rules.effective, for lists."""
    expired = agreement.status.in_(rules.AGREED) & (agreement.ends_at <= now)
    begun = (agreement.status == AgreementStatus.SIGNED) & (agreement.starts_at <= now)
    return case(
        (expired, AgreementStatus.EXPIRED),
        (begun, AgreementStatus.IN_FORCE),
        else_=agreement.status,
    )


def _summaries(caller: Principal, now: datetime, *more: Any) -> Select[Any]:
    own = [each for each in columns(AgreementSummary, AgreementRow) if each.name != "status"]
    return (
        select(
            *own,
            status_at(now).label("status"),
            agreement_terms.providers,
            agreement_terms.recipients,
            names_of(agreement_terms.providers).label("provider_names"),
            names_of(agreement_terms.recipients).label("recipient_names"),
            *more,
        )
        .join(agreement_terms, OF_ITS_VERSION)
        .where(visible(caller))
    )


async def agreements(
    reader: Reading,
    caller: Principal,
    paging: PageRequest,
    now: datetime,
    *,
    partner_id: UUID | None,
    status: AgreementStatus | None,
    purpose: Purpose | None,
    ends_before: datetime | None,
) -> Page[AgreementSummary]:
    found = _summaries(caller, now)
    if partner_id is not None:
        found = found.where(agreement_terms.party_ids.contains([partner_id]))
    if status is not None:
        found = found.where(status_at(now) == status)
    if purpose is not None:
        found = found.where(agreement.purpose == purpose)
    if ends_before is not None:
        found = found.where(agreement.ends_at < ends_before)
    return await page(reader, found, AgreementSummary, paging, by=[agreement.id])


async def agreements_of(
    reader: Reading, caller: Principal, partner_id: UUID, now: datetime, limit: int
) -> list[AgreementSummary]:
    """The agreements of a partner, the latest first."""
    found = _summaries(caller, now).where(agreement_terms.party_ids.contains([partner_id]))
    rows = (await reader.execute(found.order_by(agreement.id.desc()).limit(limit))).mappings()
    return [AgreementSummary.model_validate(dict(row)) for row in rows]


async def one_agreement(
    reader: Reading, caller: Principal, agreement_id: UUID, now: datetime
) -> Shown:
    """One agreement with its parties, the signatures given and missing, and its terms in plain
    words."""
    more = (
        agreement.suspended_by, names_of(agreement.suspended_by).label("suspended_by_names"),
        agreement.ended_at, agreement.status.label("stored"),
    )  # fmt: skip
    wanted = _summaries(caller, now, *more).where(agreement.id == agreement_id)
    row = (await reader.execute(wanted)).mappings().one_or_none()
    if row is None:
        raise unknown("agreement")
    status, number = AgreementStatus(row["status"]), row["terms_version"]
    pending = [number + 1] if status in rules.AGREED else []
    [current, *more_terms], known = await versions(reader, agreement_id, number, *pending)
    missing = [each.partner_id for each in current.signatures if each.signed_by is None]
    names = [
        [known.partners[id].name for id in ids if id in known.partners]
        for ids in (missing, row["suspended_by"])
    ]
    answer = Agreement(
        **{name: row[name] for name in row if name != "stored"},
        parties=_parties(current.terms, known), current=current,
        amendment=next(iter(more_terms), None),
        reading=[standing(status, *names), *current.reading],
    )  # fmt: skip
    return Shown(answer, settled=row["stored"] == status)


async def one_version(
    reader: Reading, caller: Principal, agreement_id: UUID, number: int
) -> TermsVersion:
    """One version, for the parties of the agreement and those of the version itself."""
    found = select(agreement.id).join(
        agreement_terms,
        (agreement_terms.agreement_id == agreement.id) & (agreement_terms.number == number),
    )
    may_see = visible(caller) | _involves(caller, agreement_terms.party_ids)
    if (await reader.execute(found.where(agreement.id == agreement_id, may_see))).first() is None:
        raise unknown("version")
    [version], _ = await versions(reader, agreement_id, number)
    return version


async def steps(
    reader: Reading, caller: Principal, paging: PageRequest, agreement_id: UUID
) -> Page[AgreementStep]:
    """The steps of an agreement, in the order they were taken."""
    seen = select(agreement.id).where(agreement.id == agreement_id, visible(caller))
    if (await reader.execute(seen)).first() is None:
        raise unknown("agreement")
    name = select(account.name).where(account.id == agreement_step.account_id).scalar_subquery()
    found = (
        select(
            *columns(AgreementStep, AgreementStepRow),
            party.name.label("partner_name"),
            name.label("account_name"),
        )
        .outerjoin(party, party.id == agreement_step.partner_id)
        .where(agreement_step.agreement_id == agreement_id)
    )
    return await page(reader, found, AgreementStep, paging, by=[agreement_step.number])


def _parties(terms: AgreementTerms, known: Directory) -> list[Party]:
    sides = [(id, Side.PROVIDER) for id in terms.providers]
    sides += [(id, Side.RECIPIENT) for id in terms.recipients]
    return [
        Party(partner_id=id, name=partner.name, kind=partner.kind, side=side)
        for id, side, partner in ((id, side, known.partners[id]) for id, side in sides)
    ]
