"""The grounds of a partner as a condition on lists: says the same as `rules.shared`."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Uuid,
    all_,
    and_,
    any_,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from services.students.access.agreements.records import KnownAgreementRow
from services.students.access.relations.queries import TODAY, eligible, guardians
from services.students.consent.consents.records import ConsentRow
from services.students.participation.engagements.records import EngagementRow
from services.students.participation.programs.records import OfferingPartnerRow
from services.students.roster.students.records import StudentRow
from shared.contracts.partners.agreement import OPENING, LegalBasis
from shared.contracts.students.access import Category
from shared.contracts.students.consent import ConsentStatus
from shared.contracts.students.engagement import LIVE_STAGES
from shared.security.principal import Principal

A: Any = aliased(KnownAgreementRow, name="agreed")
E: Any = aliased(EngagementRow, name="placed")
G: Any = aliased(ConsentRow, name="granted")
N: Any = aliased(ConsentRow, name="denied")
O: Any = OfferingPartnerRow  # noqa: E741
WITHOUT_CONSENT = (LegalBasis.SCHOOL_OFFICIAL, LegalBasis.STUDIES, LegalBasis.AUDIT)


def near(caller: Principal) -> list[Select[Any]]:
    """From the partner's side: no fewer children than `shared` lets in, of whatever category. By
    consents the children of these; by agreements that need none those of the cohort, and only
    where it is narrowed by nothing but grades those of the district."""
    child: Any = aliased(StudentRow, name="near_child")
    kind = select(O.kind).where(O.partner_id == caller.partner_id).scalar_subquery()
    consented = select(G.student_id).where(
        G.status == ConsentStatus.GRANTED, G.purpose == caller.purpose,
        or_(G.partner_id == caller.partner_id, G.partner_kind == kind),
    )  # fmt: skip
    agreed = [*_agreed(caller), A.basis != LegalBasis.CONSENT]
    everywhere = func.cardinality(A.program_ids) == 0
    every_school = func.cardinality(A.school_ids) == 0
    return [
        consented,
        select(E.student_id).where(*agreed, E.program_id == any_(A.program_ids)),
        select(child.id).where(*agreed, everywhere, child.school_id == any_(A.school_ids)),
        select(child.id).where(
            *agreed, everywhere, every_school, child.source == any_(A.providers)
        ),
    ]


def _agreed(caller: Principal) -> list[ColumnElement[bool]]:
    """Agreements that let the caller's partner have something now, for this purpose."""
    return [
        A.recipients.contains([caller.partner_id]),
        A.agreement_id != all_(literal(list(caller.closed_agreements), ARRAY(Uuid()))),
        A.status.in_(OPENING),
        A.starts_at <= func.now(),
        A.ends_at > func.now(),
        A.purpose == caller.purpose,
    ]


def shared(caller: Principal, student_id: Any, category: Category) -> ColumnElement[bool]:
    """Of the child whose id is the column `student_id`: an agreement in force lets the caller's
    partner have this category."""
    child: Any = aliased(StudentRow, name="agreed_child")
    parts: Any = func.unnest(A.categories).table_valued("category").render_derived("wanted")
    wanted = parts.c.category
    found = (
        select(A.agreement_id)
        .join(child, child.id == student_id)
        .join(parts, true())
        .where(
            *_agreed(caller),
            child.source == any_(A.providers),
            wanted == category,
            *_in_cohort(child),
            or_(
                A.basis.in_(WITHOUT_CONSENT),
                and_(
                    A.basis == LegalBasis.DIRECTORY,
                    wanted == Category.IDENTITY,
                    ~child.directory_opt_out,
                ),
                and_(A.basis == LegalBasis.CONSENT, _consented(caller, child, wanted)),
            ),
        )
    )
    return found.exists()


def _in_cohort(child: Any) -> list[ColumnElement[bool]]:
    engaged = exists().where(
        E.student_id == child.id, E.stage.in_(LIVE_STAGES), E.program_id == any_(A.program_ids)
    )
    return [
        or_(func.cardinality(A.program_ids) == 0, engaged),
        or_(func.cardinality(A.school_ids) == 0, child.school_id == any_(A.school_ids)),
        or_(func.cardinality(A.grades) == 0, child.grade == any_(A.grades)),
    ]


def _consented(caller: Principal, child: Any, wanted: Any) -> ColumnElement[bool]:
    entitled = or_(
        and_(eligible(child), G.given_by == child.id),
        and_(~eligible(child), G.given_by.in_(guardians(child.id).correlate(child))),
    )
    no = select(N.id).where(
        *_concerns(N, caller, child, wanted),
        N.status != ConsentStatus.GRANTED,
        N.decided_at >= G.decided_at,
    )
    yes = select(G.id).where(
        *_concerns(G, caller, child, wanted),
        G.status == ConsentStatus.GRANTED,
        G.begins_on <= TODAY,
        G.ends_on >= TODAY,
        entitled,
        ~no.correlate_except(N).exists(),
    )
    return yes.correlate_except(G).exists()


def _concerns(consent: Any, caller: Principal, child: Any, wanted: Any) -> list[Any]:
    kind = select(O.kind).where(O.partner_id == caller.partner_id).scalar_subquery()
    return [
        consent.student_id == child.id,
        consent.purpose == caller.purpose,
        wanted == any_(consent.categories),
        or_(consent.partner_id == caller.partner_id, consent.partner_kind == kind),
    ]
