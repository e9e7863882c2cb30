"""The facts about a child that the policy reads, for one viewer, in one statement."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    String,
    Uuid,
    all_,
    and_,
    any_,
    bindparam,
    case,
    false,
    func,
    literal_column,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.students.access.agreements.records import known_agreement
from services.students.access.agreements.rules import AgreementFact
from services.students.access.consents_in_force.rules import ConsentFact
from services.students.access.emergency_access.records import emergency_access
from services.students.access.relations.queries import (
    contacts,
    leaders,
    related,
    restricted,
    schools,
    teachers,
    under_way,
)
from services.students.access.relations.rules import RELATIONS_OF_ROLE, ContactFact, Facts
from services.students.access.same_child.queries import opted_out, other_records
from services.students.consent.consents.records import consent
from services.students.lifecycle.amendments.records import amendment
from services.students.participation.engagements.records import engagement
from services.students.participation.programs.records import offering_partner
from services.students.referrals.referrals.records import referral
from services.students.roster.students.records import student
from shared.contracts.partners.agreement import OPENING, AgreementStatus, LegalBasis
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category, Relation
from shared.contracts.students.amendment import AmendmentStatus
from shared.contracts.students.consent import ConsentStatus
from shared.contracts.students.contact import LegalGuardian
from shared.contracts.students.engagement import LIVE_STAGES
from shared.persistence.database import Reading
from shared.persistence.queries import TODAY, json_rows, rendered
from shared.security.principal import Principal, Role

VIEWER_PARTNER = bindparam("viewer_partner", type_=Uuid())
VIEWER_ACCOUNT = bindparam("viewer_account", type_=Uuid())
VIEWER_CLOSED = bindparam("viewer_closed", type_=ARRAY(Uuid()))
VIEWER_ROLE = bindparam("viewer_role", type_=String())
NONE: Any = literal_column("cast('{}' as uuid[])")
NO_ROWS: Any = literal_column("'[]'::jsonb")
ROLES = frozenset(Role)


def _with(relation: Relation) -> frozenset[Role]:
    """The roles that give this relation to a child."""
    return frozenset(role for role, given in RELATIONS_OF_ROLE.items() if relation in given)


TAUGHT, LED = _with(Relation.TEACHER), _with(Relation.SCHOOL_LEADER)
SHARED_WITH = _with(Relation.PARTNER)
"""The roles for which the policy reads agreements, engagements and, to decide, consents."""


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
    """Accesses that this account opened under its present membership. Another membership of the same
    person has its own."""
    return [
        emergency_access.account_id == account_id,
        emergency_access.role == role,
        emergency_access.partner_id.is_not_distinct_from(partner_id),
    ]


def open_now() -> list[ColumnElement[bool]]:
    return [emergency_access.begins_at <= func.now(), emergency_access.ends_at > func.now()]


def fact_columns(consents_for: Collection[Role] = ROLES) -> list[Any]:
    """The columns that `facts_of` reads, for a statement on `student`: all that a decision needs, in
    one statement. Its parameters are `viewing`. What the policy reads for no relation of the
    viewer's role stays empty and costs nothing. `consents_for`: the roles for which consents and
    what they depend on are read, since an answer about one child shows them beside the decision."""
    contact = func.jsonb_build_array(related.contact_id, related.legal_guardian, restricted())
    told = contacts(student.id).with_only_columns(func.jsonb_agg(contact))
    engaged = func.jsonb_agg(
        func.jsonb_build_array(engagement.partner_id, engagement.program_id, engagement.own_record)
    )
    live = (
        select(engaged)
        .where(engagement.student_id == student.id, engagement.stage.in_(LIVE_STAGES))
        .correlate(student)
    )
    asked = func.jsonb_agg(func.jsonb_build_array(referral.partner_id, referral.program_id))
    referred = (
        select(asked).where(referral.student_id == student.id, under_way()).correlate(student)
    )
    emergency = select(emergency_access.id).where(
        emergency_access.student_id == student.id,
        *held_by(VIEWER_ACCOUNT, VIEWER_ROLE, VIEWER_PARTNER),
        *open_now(),
    )
    viewers = select(offering_partner.kind).where(offering_partner.partner_id == VIEWER_PARTNER)
    parent = viewers.with_only_columns(offering_partner.parent_id)
    return [
        student.id.label("child_id"),
        student.source.label("child_source"),
        student.birth_date.label("child_born_on"),
        student.grade.label("child_grade"),
        func.array(schools(student.id).scalar_subquery()).label("child_school_ids"),
        _for(consents_for, opted_out(student), false()).label("child_opted_out"),
        func.now().label("as_of"),
        TODAY.label("as_of_day"),
        _for(TAUGHT, func.array(teachers(student.id).scalar_subquery()), NONE).label("teachers"),
        _for(LED, func.array(leaders(student.id).scalar_subquery()), NONE).label("leaders"),
        told.scalar_subquery().label("contact_facts"),
        _for(consents_for, live.scalar_subquery(), null()).label("engaged"),
        _for(consents_for, referred.scalar_subquery(), null()).label("referred"),
        viewers.scalar_subquery().label("viewer_kind"),
        parent.scalar_subquery().label("viewer_parent"),
        emergency.limit(1).scalar_subquery().label("emergency_id"),
        _for(SHARED_WITH, _agreements(), NO_ROWS).label("agreement_facts"),
        _for(consents_for, _consents(), NO_ROWS).label("consent_facts"),
        func.array(stated().scalar_subquery()).label("stated"),
    ]


def _for(roles: Collection[Role], column: Any, otherwise: Any) -> Any:
    """The column for a viewer with one of these roles, and `otherwise` for any other."""
    if roles == ROLES:
        return column
    return case((VIEWER_ROLE.in_(sorted(roles)), column), else_=otherwise)


def stated() -> Any:
    """The parts of a child's record on which its family has a statement that stands."""
    return (
        select(amendment.category)
        .distinct()
        .where(
            amendment.student_id == student.id,
            amendment.statement.is_not(None),
            amendment.status == AmendmentStatus.DECLINED,
        )
        .correlate(student)
    )


def _agreements() -> Any:
    """The agreements under which the viewer's partner may have something of this district's
    children."""
    found = select(
        *columns_of(known_agreement, AgreementFact), known_agreement.agreement_id.label("id")
    )
    return json_rows(
        found.where(
            any_(known_agreement.recipients) == VIEWER_PARTNER,
            known_agreement.agreement_id != all_(VIEWER_CLOSED),
            student.source == any_(known_agreement.providers),
            known_agreement.status.in_(OPENING),
            known_agreement.ends_at > func.now(),
        ).correlate(student)
    )


def _consents() -> Any:
    """The child's consents and refusals, and what its family refused or took back in another record
    of it."""
    no = and_(
        consent.status != ConsentStatus.GRANTED,
        consent.student_id.in_(other_records(student.id).correlate(student)),
    )
    found = select(*columns_of(consent, ConsentFact)).where(
        or_(consent.student_id == student.id, no)
    )
    return json_rows(found.correlate(student))


def columns_of(table: Any, fact: Any) -> list[Any]:
    """The columns of `table` whose names are fields of the fact."""
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
        engaged=frozenset((UUID(p), UUID(program)) for p, program, _ in row.engaged or ()),
        own_records=frozenset(UUID(p) for p, _, own in row.engaged or () if own),
        referred=frozenset((UUID(p), UUID(program)) for p, program in row.referred or ()),
        now=row.as_of,
        today=row.as_of_day,
        born_on=row.child_born_on,
        grade=row.child_grade,
        school_ids=frozenset(row.child_school_ids),
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
        program_id=UUID(told["program_id"]) if told["program_id"] else None,
    )


def _ids(told: list[str]) -> frozenset[UUID]:
    return frozenset(map(UUID, told))


ONE = rendered(select(*fact_columns()).where(student.id == bindparam("student_id", type_=Uuid())))
MANY = rendered(
    select(*fact_columns(consents_for=SHARED_WITH)).where(
        student.id == any_(bindparam("student_ids", type_=ARRAY(Uuid())))
    )
)


async def facts(reader: Reading, caller: Principal, student_id: UUID) -> Facts | None:
    """The facts about one child; None for an absent child."""
    row = (await reader.execute(ONE, viewing(caller, student_id))).one_or_none()
    return None if row is None else facts_of(row)


async def facts_of_many(
    reader: Reading, caller: Principal, student_ids: Collection[UUID]
) -> dict[UUID, Facts]:
    """The facts by which the caller is decided on many children, without those that an answer about
    one child shows beside the decision."""
    asked = {"student_ids": list(student_ids), **_viewer(caller)}
    return {row.child_id: facts_of(row) for row in await reader.execute(MANY, asked)}
