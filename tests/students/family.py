"""Families for tests: guardians of each kind, their requests for consent, and their answers."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.students.roster.contacts.records import ContactRestrictionRow, StudentContactRow
from services.students.roster.people.records import PersonRow
from shared.contracts.partners.agreement import AgreementChanged, AgreementStatus, LegalBasis
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.students.people import DISTRICT_ID, PARTNER_ID

TODAY = datetime.now(UTC).date()
TEXT = "I let Riverside Tutors have my child's school attendance, to tutor it."
ASKED: dict[str, Any] = {
    "partner_id": str(PARTNER_ID), "purpose": "service", "categories": ["identity", "attendance"],
    "begins_on": str(TODAY), "ends_on": str(TODAY + timedelta(days=300)),
    "text": TEXT, "text_version": "2026-1", "language": "en",
}  # fmt: skip
SYSTEM = principal(Role.PARTNER_SYSTEM, partner_id=PARTNER_ID)


def yes(**known: Any) -> dict[str, Any]:
    return ASKED | {"decision": "granted"} | known


def no(**known: Any) -> dict[str, Any]:
    return ASKED | {"decision": "refused"} | known


def paper(given_by: UUID | None, signed_on: date = TODAY, **known: Any) -> dict[str, Any]:
    signing = {"given_by": str(given_by), "method": "paper", "signed_on": str(signed_on)}
    return yes() | signing | known


async def a_guardian(
    students: House, *children: UUID, legal: str = "yes", restricted: bool = False
) -> Principal:
    adult = PersonRow(
        source=DISTRICT_ID, given_name="Fatou", family_name="Diallo", search_name="diallo fatou"
    )
    async with students.database.transaction() as session:
        session.add(adult)
        await session.flush()
        for child in children:
            session.add(
                StudentContactRow(
                    student_id=child, contact_id=adult.id, relation="parent", legal_guardian=legal
                )
            )
            if restricted:
                session.add(
                    ContactRestrictionRow(
                        student_id=child, contact_id=adult.id, kind="no_contact",
                        begins_on=TODAY - timedelta(days=1), document_reference="22-C-114",
                    )
                )  # fmt: skip
    return principal(Role.GUARDIAN, partner_id=DISTRICT_ID, person_id=adult.id)


def themselves(child: UUID) -> Principal:
    return principal(Role.STUDENT, partner_id=DISTRICT_ID, person_id=child)


def eighteen(today: date = TODAY) -> date:
    """The birth date of who turns 18 today."""
    leap_day = (today.month, today.day) == (2, 29)
    return date(today.year - 18, 3, 1) if leap_day else today.replace(year=today.year - 18)


async def ask(
    students: House, caller: Principal, method: str, address: str, body: Any = None, **more: Any
) -> Any:
    async with students.calling(caller) as http:
        return await http.request(method, address, json=body, **more)


async def say(
    students: House, caller: Principal, child: UUID, body: dict[str, Any], status: int = 201
) -> dict[str, Any]:
    """The consent, or the problem."""
    answer = await ask(students, caller, "POST", f"/v1/students/{child}/consents", body)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def take_back(
    students: House, caller: Principal, child: UUID, consent: dict[str, Any], status: int = 201,
    **signing: Any,
) -> dict[str, Any]:  # fmt: skip
    address = f"/v1/students/{child}/consents/{consent['id']}/revocation"
    answer = await ask(students, caller, "POST", address, signing)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def an_agreement(students: House, *categories: Category, **known: Any) -> UUID:
    """Between the district and the partner, by consent, in force."""
    now = datetime.now(UTC)
    agreed: dict[str, Any] = {
        "agreement_id": uuid4(), "terms_version": 1, "status": AgreementStatus.IN_FORCE,
        "providers": [DISTRICT_ID], "recipients": [PARTNER_ID], "purpose": Purpose.SERVICE,
        "basis": LegalBasis.CONSENT, "categories": list(categories or Category),
        "program_ids": [], "school_ids": [], "grades": [], "retention_days": 30,
        "redisclosure_to": [], "starts_at": now - timedelta(days=1),
        "ends_at": now + timedelta(days=300),
    }  # fmt: skip
    event = AgreementChanged(**(agreed | known))
    await students.hear(event)
    return event.agreement_id


async def seen(students: House, child: UUID, caller: Principal = SYSTEM) -> set[str]:
    """The categories that the caller gets of the child."""
    answer = await ask(students, caller, "GET", f"/v1/students/{child}")
    if answer.status_code == 404:
        return set()
    return {clause["category"] for clause in answer.json()["access"]["released"]}
