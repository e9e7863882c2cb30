"""Agreements as the caller may see them: their parties', or all for who looks after all."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from prometheus_client import Gauge
from sqlalchemy import ColumnElement, Select, any_, case, func, select, true
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased

from services.partners.agreements.agreements import rules
from services.partners.agreements.agreements.records import AgreementRow, AgreementStepRow
from services.partners.agreements.plain_language.rules import standing
from services.partners.agreements.term_versions.queries import versions
from services.partners.agreements.terms.records import AgreementTermsRow
from services.partners.agreements.terms.rules import Directory
from services.partners.directory.partners.records import PartnerRow
from services.partners.directory.partners.rules import EVERY_PARTNER
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

H: Any = AgreementStepRow
R: Any = AgreementRow
T: Any = AgreementTermsRow
Mine: Any = aliased(PartnerRow)  # apart from those of the query they stand in
Theirs: Any = aliased(AgreementTermsRow)
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
    """`settled`: the clock has not moved it since its last step, so that its version tells all."""

    answer: Agreement
    settled: bool


def own_partners(caller: Principal) -> Select[Any]:
    """The caller's partner; for a district's administrator also its schools."""
    found = Mine.id == caller.partner_id
    if caller.role is Role.DISTRICT_ADMIN:
        found |= Mine.parent_id == caller.partner_id
    return select(Mine.id).where(found)


def visible(caller: Principal) -> ColumnElement[bool]:
    """Whether the caller's partner is a party to the terms that count or are proposed."""
    if caller.role in EVERY_PARTNER:
        return true()
    party = select(Theirs.agreement_id).where(
        Theirs.agreement_id == R.id,
        Theirs.number >= R.terms_version,
        Theirs.party_ids.overlap(_own_ids(caller)),
    )
    found: ColumnElement[bool] = R.id.in_(party)
    return found


def _own_ids(caller: Principal) -> Any:
    return select(func.array_agg(own_partners(caller).subquery().c.id)).scalar_subquery()


def closed(partner_id: Any) -> Any:
    """Ids of the agreements under which the partner of the column gets nothing any more, before
    their time: suspended or ended. Those closed last, which others may not have heard of."""
    found = (
        select(R.id)
        .join(T, (T.agreement_id == R.id) & (T.number == R.terms_version))
        .where(
            T.party_ids.contains(array([partner_id])), partner_id == any_(T.recipients),
            R.status.in_(CLOSED), R.ends_at > func.now(),
        )
        .order_by(R.updated_at.desc())
        .limit(MOST_CLOSED)
    )  # fmt: skip
    return func.array(found.scalar_subquery())


def status_at(now: datetime) -> ColumnElement[str]:
    """rules.effective, for lists."""
    expired = R.status.in_(rules.AGREED) & (R.ends_at <= now)
    begun = (R.status == AgreementStatus.SIGNED) & (R.starts_at <= now)
    return case(
        (expired, AgreementStatus.EXPIRED), (begun, AgreementStatus.IN_FORCE), else_=R.status
    )


def _summaries(caller: Principal, now: datetime, *more: Any) -> Select[Any]:
    own = [each for each in columns(AgreementSummary, R) if each.name != "status"]
    return (
        select(
            *own,
            status_at(now).label("status"),
            T.providers,
            T.recipients,
            _names(T.providers).label("provider_names"),
            _names(T.recipients).label("recipient_names"),
            *more,
        )
        .join(T, (T.agreement_id == R.id) & (T.number == R.terms_version))
        .where(visible(caller))
    )


def _names(ids: Any) -> Any:
    """Of the partners, in the order of their ids."""
    each: Any = func.unnest(ids).table_valued("id", with_ordinality="at").render_derived()
    named = select(Mine.name).join(each, each.c.id == Mine.id).order_by(each.c.at)
    return func.array(named.correlate(T).scalar_subquery())


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
        found = found.where(T.party_ids.contains([partner_id]))
    if status is not None:
        found = found.where(status_at(now) == status)
    if purpose is not None:
        found = found.where(R.purpose == purpose)
    if ends_before is not None:
        found = found.where(R.ends_at < ends_before)
    return await page(reader, found, AgreementSummary, paging, by=[R.id])


async def agreements_of(
    reader: Reading, caller: Principal, partner_id: UUID, now: datetime, limit: int
) -> list[AgreementSummary]:
    """A partner's, the latest first."""
    found = _summaries(caller, now).where(T.party_ids.contains([partner_id]))
    rows = (await reader.execute(found.order_by(R.id.desc()).limit(limit))).mappings()
    return [AgreementSummary.model_validate(dict(row)) for row in rows]


async def agreement(
    reader: Reading, caller: Principal, agreement_id: UUID, now: datetime
) -> Shown:
    """With parties, signatures there and missing, and what it allows in plain words."""
    more = (R.suspended_by, R.ended_at, R.status.label("stored"))
    wanted = _summaries(caller, now, *more).where(R.id == agreement_id)
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


async def agreement_terms(
    reader: Reading, caller: Principal, agreement_id: UUID, number: int
) -> TermsVersion:
    """One version, for the agreement's parties and for the version's own."""
    found = select(R.id).join(T, (T.agreement_id == R.id) & (T.number == number))
    may_see = visible(caller) | T.party_ids.overlap(_own_ids(caller))
    if (await reader.execute(found.where(R.id == agreement_id, may_see))).first() is None:
        raise unknown("version")
    [version], _ = await versions(reader, agreement_id, number)
    return version


async def steps(
    reader: Reading, caller: Principal, paging: PageRequest, agreement_id: UUID
) -> Page[AgreementStep]:
    """As they were taken."""
    seen = select(R.id).where(R.id == agreement_id, visible(caller))
    if (await reader.execute(seen)).first() is None:
        raise unknown("agreement")
    found = select(*columns(AgreementStep, H)).where(H.agreement_id == agreement_id)
    return await page(reader, found, AgreementStep, paging, by=[H.number])


def _parties(terms: AgreementTerms, known: Directory) -> list[Party]:
    sides = [(id, Side.PROVIDER) for id in terms.providers]
    sides += [(id, Side.RECIPIENT) for id in terms.recipients]
    return [
        Party(partner_id=id, name=partner.name, kind=partner.kind, side=side)
        for id, side, partner in ((id, side, known.partners[id]) for id, side in sides)
    ]
