"""The facts about a child that the policy looks at, for one viewer, in one question."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, String, Uuid, all_, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.students.access.agreements.records import KnownAgreementRow
from services.students.access.agreements.rules import AgreementFact
from services.students.access.consents_in_force.rules import ConsentFact
from services.students.access.emergency_access.records import EmergencyAccessRow
from services.students.access.relations.queries import (
    TODAY,
    K,
    contacts,
    leaders,
    restricted,
    teachers,
)
from services.students.access.relations.rules import ContactFact, Facts
from services.students.consent.consents.records import ConsentRow
from services.students.lifecycle.amendments.records import AmendmentRow
from services.students.participation.engagements.records import EngagementRow
from services.students.participation.programs.records import OfferingPartnerRow
from services.students.roster.students.records import StudentRow
from shared.contracts.partners.agreement import OPENING, AgreementStatus, LegalBasis
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.contracts.students.amendment import AmendmentStatus
from shared.contracts.students.consent import ConsentStatus
from shared.contracts.students.contact import LegalGuardian
from shared.contracts.students.engagement import LIVE_STAGES
from shared.persistence.database import Reading
from shared.persistence.queries import json_rows, rendered
from shared.security.principal import Principal

S: Any = StudentRow  # columns, where mypy would see values
A: Any = KnownAgreementRow
E: Any = EngagementRow
X: Any = EmergencyAccessRow
M: Any = AmendmentRow
O: Any = OfferingPartnerRow  # noqa: E741
VIEWER_PARTNER = bindparam("viewer_partner", type_=Uuid())
VIEWER_ACCOUNT = bindparam("viewer_account", type_=Uuid())
VIEWER_CLOSED = bindparam("viewer_closed", type_=ARRAY(Uuid()))
VIEWER_ROLE = bindparam("viewer_role", type_=String())


def viewing(caller: Principal, student_id: UUID) -> dict[str, Any]:
    """The parameters of a statement that has `fact_columns`."""
    return {"student_id": student_id, **_viewer(caller)}


def _viewer(caller: Principal) -> dict[str, Any]:
    return {
        "viewer_partner": caller.partner_id,
        "viewer_account": caller.account_id,
        "viewer_role": caller.role.value,
        "viewer_closed": list(caller.closed_agreements),
    }


def held_by(account_id: Any, role: Any, partner_id: Any) -> list[ColumnElement[bool]]:
    """Opened by this account as what it is now: under no other membership of the same person."""
    return [
        X.account_id == account_id,
        X.role == role,
        X.partner_id.is_not_distinct_from(partner_id),
    ]


def open_now() -> list[ColumnElement[bool]]:
    return [X.begins_at <= func.now(), X.ends_at > func.now()]


def fact_columns() -> list[Any]:
    """Columns of a statement on `student`, for `facts_of`: the whole decision in one question.
    Its parameters are `viewing`."""
    contact = func.jsonb_build_array(K.contact_id, K.legal_guardian, restricted())
    told = contacts(S.id).with_only_columns(func.jsonb_agg(contact))
    engaged = func.jsonb_agg(func.jsonb_build_array(E.partner_id, E.program_id))
    live = select(engaged).where(E.student_id == S.id, E.stage.in_(LIVE_STAGES)).correlate(S)
    emergency = select(X.id).where(
        X.student_id == S.id, *held_by(VIEWER_ACCOUNT, VIEWER_ROLE, VIEWER_PARTNER), *open_now()
    )
    viewers = select(O.kind).where(O.partner_id == VIEWER_PARTNER)
    parent = viewers.with_only_columns(O.parent_id)
    return [
        S.id.label("child_id"),
        S.source.label("child_source"),
        S.birth_date.label("child_born_on"),
        S.grade.label("child_grade"),
        S.school_id.label("child_school_id"),
        S.directory_opt_out.label("child_opted_out"),
        func.now().label("as_of"),
        TODAY.label("as_of_day"),
        func.array(teachers(S.id).scalar_subquery()).label("teachers"),
        func.array(leaders(S.id).scalar_subquery()).label("leaders"),
        told.scalar_subquery().label("contact_facts"),
        live.scalar_subquery().label("engaged"),
        viewers.scalar_subquery().label("viewer_kind"),
        parent.scalar_subquery().label("viewer_parent"),
        emergency.limit(1).scalar_subquery().label("emergency_id"),
        _agreements().label("agreement_facts"),
        _consents().label("consent_facts"),
        func.array(stated().scalar_subquery()).label("stated"),
    ]


def stated() -> Any:
    """The parts of a child's record on which its family has a statement that stands."""
    return (
        select(M.category)
        .distinct()
        .where(
            M.student_id == S.id,
            M.statement.is_not(None),
            M.status == AmendmentStatus.DECLINED,
        )
        .correlate(S)
    )


def _agreements() -> Any:
    """Those under which the viewer's partner may have something of this district's children."""
    found = select(*columns_of(A, AgreementFact), A.agreement_id.label("id"))
    return json_rows(
        found.where(
            any_(A.recipients) == VIEWER_PARTNER,
            A.agreement_id != all_(VIEWER_CLOSED),
            S.source == any_(A.providers),
            A.status.in_(OPENING),
            A.ends_at > func.now(),
        ).correlate(S)
    )


def _consents() -> Any:
    consent: Any = ConsentRow
    found = select(*columns_of(consent, ConsentFact)).where(consent.student_id == S.id)
    return json_rows(found.correlate(S))


def columns_of(table: Any, fact: Any) -> list[Any]:
    """The columns of `table` that the fact has fields for, by name."""
    names = fact.__dataclass_fields__
    return [getattr(table, name) for name in names if hasattr(table, name)]


def facts_of(row: Row[Any]) -> Facts:
    return Facts(
        student_id=row.child_id,
        sources=frozenset((row.child_source,)),
        teachers=frozenset(row.teachers),
        leaders=frozenset(row.leaders),
        contacts=tuple(
            ContactFact(UUID(person_id), LegalGuardian(legal), held)
            for person_id, legal, held in row.contact_facts or ()
        ),
        engaged=frozenset((UUID(p), UUID(program)) for p, program in row.engaged or ()),
        now=row.as_of,
        today=row.as_of_day,
        born_on=row.child_born_on,
        grade=row.child_grade,
        school_id=row.child_school_id,
        opted_out=row.child_opted_out,
        partner_kind=row.viewer_kind,
        partner_parent=row.viewer_parent,
        agreements=tuple(_agreement(each) for each in row.agreement_facts),
        consents=tuple(_consent(each) for each in row.consent_facts),
        emergency_id=row.emergency_id,
        stated=frozenset(map(Category, row.stated)),
    )


def _agreement(told: dict[str, Any]) -> AgreementFact:
    return AgreementFact(
        id=UUID(told["id"]),
        status=AgreementStatus(told["status"]),
        recipients=_ids(told["recipients"]),
        purpose=Purpose(told["purpose"]),
        basis=LegalBasis(told["basis"]),
        categories=frozenset(map(Category, told["categories"])),
        program_ids=_ids(told["program_ids"]),
        school_ids=_ids(told["school_ids"]),
        grades=frozenset(told["grades"]),
        redisclosure_to=tuple(map(UUID, told["redisclosure_to"])),
        starts_at=datetime.fromisoformat(told["starts_at"]),
        ends_at=datetime.fromisoformat(told["ends_at"]),
    )


def _consent(told: dict[str, Any]) -> ConsentFact:
    return ConsentFact(
        id=UUID(told["id"]),
        status=ConsentStatus(told["status"]),
        partner_id=UUID(told["partner_id"]) if told["partner_id"] else None,
        partner_kind=told["partner_kind"],
        purpose=Purpose(told["purpose"]),
        categories=frozenset(map(Category, told["categories"])),
        begins_on=date.fromisoformat(told["begins_on"]),
        ends_on=date.fromisoformat(told["ends_on"]),
        given_by=UUID(told["given_by"]),
        decided_at=datetime.fromisoformat(told["decided_at"]),
    )


def _ids(told: list[str]) -> frozenset[UUID]:
    return frozenset(map(UUID, told))


ONE = rendered(select(*fact_columns()).where(S.id == bindparam("student_id", type_=Uuid())))
MANY = rendered(
    select(*fact_columns()).where(S.id == any_(bindparam("student_ids", type_=ARRAY(Uuid()))))
)


async def facts(reader: Reading, caller: Principal, student_id: UUID) -> Facts | None:
    """None where there is no such child."""
    row = (await reader.execute(ONE, viewing(caller, student_id))).one_or_none()
    return None if row is None else facts_of(row)


async def facts_of_many(
    reader: Reading, caller: Principal, student_ids: Collection[UUID]
) -> dict[UUID, Facts]:
    asked = {"student_ids": list(student_ids), **_viewer(caller)}
    return {row.child_id: facts_of(row) for row in await reader.execute(MANY, asked)}
