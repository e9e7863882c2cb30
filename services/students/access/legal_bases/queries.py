"""The grounds of a partner as a condition on lists, equal to `rules.shared`."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Uuid,
    all_,
    and_,
    any_,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from services.students.access.agreements.records import known_agreement
from services.students.access.relations.queries import (
    attendances,
    attending,
    attends,
    eligible,
    guardians,
    under_way,
)
from services.students.access.same_child.queries import opted_out, other_records
from services.students.consent.consents.records import consent
from services.students.participation.engagements.records import engagement
from services.students.participation.programs.records import offering_partner
from services.students.referrals.referrals.records import referral
from services.students.roster.students.records import student
from shared.contracts.partners.agreement import OPENING, LegalBasis
from shared.contracts.students.access import Category
from shared.contracts.students.consent import ConsentStatus
from shared.contracts.students.engagement import LIVE_STAGES
from shared.persistence.queries import TODAY
from shared.security.principal import Principal

agreed: Any = aliased(known_agreement, name="agreed")
asked: Any = aliased(referral, name="asked")
placed: Any = aliased(engagement, name="placed")
granted: Any = aliased(consent, name="granted")
denied: Any = aliased(consent, name="denied")
WITHOUT_CONSENT = (LegalBasis.SCHOOL_OFFICIAL, LegalBasis.STUDIES, LegalBasis.AUDIT)


def near(caller: Principal) -> list[Select[Any]]:
    """Statements that find children from the partner's side: every child that `shared` lets in, of
    any category, and few others. Consents give their children. Agreements without consent give the
    children of the cohort; only a cohort that nothing but grades narrows gives the district's."""
    child: Any = aliased(student, name="near_child")
    kind = (
        select(offering_partner.kind)
        .where(offering_partner.partner_id == caller.partner_id)
        .scalar_subquery()
    )
    consented = select(granted.student_id).where(
        granted.status == ConsentStatus.GRANTED, granted.purpose == caller.purpose,
        or_(granted.partner_id == caller.partner_id, granted.partner_kind == kind),
    )  # fmt: skip
    agreements = [*_agreed(caller), agreed.basis != LegalBasis.CONSENT]
    everywhere = func.cardinality(agreed.program_ids) == 0
    every_school = func.cardinality(agreed.school_ids) == 0
    return [
        consented,
        select(placed.student_id).where(
            *agreements, placed.program_id == any_(agreed.program_ids)
        ),
        select(asked.student_id).where(
            *agreements, asked.program_id == any_(agreed.program_ids), under_way(asked)
        ),
        attendances(
            *agreements, everywhere, attending.org_id == any_(agreed.school_ids)
        ).with_only_columns(attending.person_id),
        select(child.id).where(
            *agreements, everywhere, every_school, child.source == any_(agreed.providers)
        ),
    ]


def _agreed(caller: Principal) -> list[ColumnElement[bool]]:
    """The condition of an agreement that lets the caller's partner have something now, for this
    purpose."""
    return [
        agreed.recipients.contains([caller.partner_id]),
        agreed.agreement_id != all_(literal(list(caller.closed_agreements), ARRAY(Uuid()))),
        agreed.status.in_(OPENING),
        agreed.starts_at <= func.now(),
        agreed.ends_at > func.now(),
        agreed.purpose == caller.purpose,
    ]


def shared(caller: Principal, student_id: Any, category: Category) -> ColumnElement[bool]:
    """The condition that an agreement in force lets the caller's partner have this category of the
    child whose id is the column `student_id`."""
    child: Any = aliased(student, name="agreed_child")
    parts: Any = func.unnest(agreed.categories).table_valued("category").render_derived("wanted")
    wanted = parts.c.category
    found = (
        select(agreed.agreement_id)
        .join(child, child.id == student_id)
        .join(parts, true())
        .where(
            *_agreed(caller),
            child.source == any_(agreed.providers),
            wanted == category,
            *_in_cohort(child),
            or_(
                agreed.basis.in_(WITHOUT_CONSENT),
                and_(
                    agreed.basis == LegalBasis.DIRECTORY,
                    wanted == Category.IDENTITY,
                    ~opted_out(child),
                ),
                and_(agreed.basis == LegalBasis.CONSENT, _consented(caller, child, wanted)),
            ),
        )
    )
    return found.exists()


def _in_cohort(child: Any) -> list[ColumnElement[bool]]:
    return [
        or_(
            func.cardinality(agreed.program_ids) == 0,
            *_in_program(child, any_(agreed.program_ids)),
        ),
        or_(func.cardinality(agreed.school_ids) == 0, attends(child.id, any_(agreed.school_ids))),
        or_(func.cardinality(agreed.grades) == 0, child.grade == any_(agreed.grades)),
    ]


def _in_program(child: Any, program_id: Any) -> list[ColumnElement[bool]]:
    """The conditions that the child is in the program, or referred to it."""
    within = select(placed.id).where(
        placed.student_id == child.id, placed.stage.in_(LIVE_STAGES),
        placed.program_id == program_id,
    )  # fmt: skip
    referred = select(asked.id).where(
        asked.student_id == child.id, under_way(asked), asked.program_id == program_id
    )
    return [
        within.correlate_except(placed).exists(), referred.correlate_except(asked).exists()
    ]  # fmt: skip


def _consented(caller: Principal, child: Any, wanted: Any) -> ColumnElement[bool]:
    entitled = or_(
        and_(eligible(child), granted.given_by == child.id),
        and_(~eligible(child), granted.given_by.in_(guardians(child.id).correlate(child))),
    )
    no = select(denied.id).where(
        or_(
            denied.student_id == child.id,
            denied.student_id.in_(other_records(child.id).correlate(child)),
        ),
        *_concerns(denied, caller, wanted),
        denied.status != ConsentStatus.GRANTED,
        denied.decided_at >= granted.decided_at,
    )
    yes = select(granted.id).where(
        granted.student_id == child.id,
        *_concerns(granted, caller, wanted),
        granted.status == ConsentStatus.GRANTED,
        granted.begins_on <= TODAY,
        granted.ends_on >= TODAY,
        or_(granted.program_id.is_(None), *_in_program(child, granted.program_id)),
        entitled,
        ~no.correlate_except(denied).exists(),
    )
    return yes.correlate_except(granted).exists()


def _concerns(consent: Any, caller: Principal, wanted: Any) -> list[Any]:
    kind = (
        select(offering_partner.kind)
        .where(offering_partner.partner_id == caller.partner_id)
        .scalar_subquery()
    )
    return [
        consent.purpose == caller.purpose,
        wanted == any_(consent.categories),
        or_(consent.partner_id == caller.partner_id, consent.partner_kind == kind),
    ]
