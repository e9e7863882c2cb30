"""Lists of children are found from the caller's side: the same children as by the policy, without
reading every child of the district."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.policy import queries as access
from services.students.consent.consents.records import ConsentRow
from services.students.participation.engagements.records import EngagementRow
from services.students.roster.students import queries
from services.students.roster.students.records import student
from services.students.views.caseloads import queries as caseloads
from shared.contracts.partners.agreement import AgreementStatus, LegalBasis
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.contracts.students.caseload import CaseloadOrder
from shared.contracts.students.engagement import EngagementStage
from shared.http.paging import Page, PageRequest
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.access.test_emergency_routes import opened
from tests.students.family import a_guardian, an_agreement
from tests.students.people import (
    DISTRICT_ID,
    PARTNER_ID,
    WORKER,
    a_partner,
    a_program,
    a_school,
    a_student,
)

TODAY = datetime.now(UTC).date()
CHILDREN = 20_000
SOME = 3
# Far more than who is on the list, far fewer than the district.
NOT_WHOLE = CHILDREN // 10
MANY = text("""
    with added as (
      insert into person (id, source, source_id, given_name, family_name, search_name, status)
      select gen_random_uuid(), :source, 'many-' || n, 'A', 'B', 'b a', 'active'
      from generate_series(1, :children) n returning id)
    insert into student (id, version, created_at, updated_at, source, status)
    select id, 1, now(), now(), :source, 'active' from added
""")
# So far, and by this connection's last transactions too, which PostgreSQL counts late.
READ = text("""
    select sum(seq_tup_read + idx_tup_fetch) from pg_stat_xact_user_tables
    where relname in ('student', 'person')
""")
NOTHING: Any = None  # a page that is the only one asks neither for the request nor for the answer
FIRST = PageRequest(50, None, b"", [b"a key"], NOTHING, NOTHING)


async def found(students: House, caller: Principal, category: Category, how: Any) -> set[UUID]:
    async with students.database.reading() as reader:
        rows = await reader.execute(select(student.id).where(how(caller, student.id, category)))
        return set(rows.scalars())


async def names(session: AsyncSession, caller: Principal) -> Page[Any]:
    return await queries.students(
        session,
        caller,
        FIRST,
        ids=(),
        q=None,
        grade=None,
        school_id=None,
        class_id=None,
        identifier=None,
    )


async def by_need(session: AsyncSession, caller: Principal) -> Page[Any]:
    return await caseloads.caseload(session, caller, FIRST, CaseloadOrder.NEED, mine=False)


async def a_consent(students: House, child: UUID, by: Principal, **known: Any) -> None:
    fields: dict[str, Any] = {
        "status": "granted", "partner_id": PARTNER_ID, "purpose": "service",
        "categories": [str(each) for each in Category], "begins_on": TODAY, "ends_on": TODAY,
        "method": "electronic", "text": "Yes.", "text_version": "1", "language": "en",
    }  # fmt: skip
    now = datetime.now(UTC)
    async with students.database.transaction() as session:
        session.add(
            ConsentRow(
                student_id=child, given_by=by.person_id, recorded_by=by.account_id, version=1,
                decided_at=now, granted_at=now, **(fields | known),
            )
        )  # fmt: skip


async def an_engagement(
    students: House, child: UUID, program_id: UUID, partner_id: UUID, stage: EngagementStage
) -> None:
    async with students.database.transaction() as session:
        session.add(
            EngagementRow(
                student_id=child, program_id=program_id, partner_id=partner_id, stage=stage,
                since=TODAY, version=1, own_record=True,
            )
        )  # fmt: skip


async def a_world(students: House, draw: random.Random, other: UUID) -> list[UUID]:
    """Children of two districts, of whom two partners have something by this and that. The
    agreements."""
    for partner_id in (PARTNER_ID, other):
        await a_partner(students, partner_id=partner_id)
    programs = {id: await a_program(students, partner_id=id) for id in (PARTNER_ID, other)}
    schools = [await a_school(students) for _ in range(2)]
    yeses: list[dict[str, Any]] = [
        {"partner_id": PARTNER_ID}, {"partner_id": other}, {"status": "refused"},
        {"partner_id": None, "partner_kind": "community_organization"}, {"purpose": "evaluation"},
    ]  # fmt: skip
    for _ in range(14):
        child = await a_student(
            students, source=draw.choice([DISTRICT_ID, DISTRICT_ID, other]),
            grade=draw.choice(["03", "04"]), school_id=draw.choice([None, *schools]),
            directory_opt_out=draw.random() < 0.3,
        )  # fmt: skip
        mother = await a_guardian(students, child)
        if draw.random() < 0.4:
            partner, program_id = draw.choice(list(programs.items()))
            stage = draw.choice(list(EngagementStage))
            await an_engagement(students, child, program_id, partner, stage)
        if draw.random() < 0.5:
            await a_consent(students, child, mother, **draw.choice(yeses))
        if draw.random() < 0.1:
            await opened(students, WORKER, child)
    return [
        await an_agreement(
            students, *draw.sample(list(Category), 6), basis=draw.choice(list(LegalBasis)),
            recipients=[draw.choice([PARTNER_ID, other])],
            status=draw.choice([AgreementStatus.IN_FORCE] * 4 + [AgreementStatus.SUSPENDED]),
            program_ids=draw.choice([[], [], [programs[PARTNER_ID]]]),
            school_ids=draw.choice([[], [], schools[:1]]), grades=draw.choice([[], ["03"]]),
            purpose=draw.choice([Purpose.SERVICE, Purpose.EVALUATION]),
            starts_at=datetime.now(UTC) + timedelta(days=draw.choice([-2, -2, -2, 1])),
        )
        for _ in range(4)
    ]  # fmt: skip


@promise("Access and privacy", "A partner's list holds the children that the policy lets it see.")
@pytest.mark.parametrize("seed", range(6))
async def test_a_partners_list_holds_the_children_that_the_policy_lets_it_see(
    students: House, seed: int
) -> None:
    other = uuid4()
    agreements = await a_world(students, random.Random(seed), other)
    any_found = 0
    for partner_id in (PARTNER_ID, other):
        for purpose in (Purpose.SERVICE, Purpose.EVALUATION):
            for closed in ([], agreements[:2]):
                caller = WORKER.model_copy(
                    update={"partner_id": partner_id, "purpose": purpose,
                            "closed_agreements": frozenset(closed)}
                )  # fmt: skip
                for category in (Category.IDENTITY, Category.ATTENDANCE, Category.ENGAGEMENT):
                    listed = await found(students, caller, category, access.may_list)
                    seen = await found(students, caller, category, access.may_see)
                    assert listed == seen
                    any_found += len(seen)
    assert any_found


@promise(
    "Access and privacy",
    "A partner's list is found without reading the rest of the district.",
)
async def test_a_partners_list_reads_nothing_of_the_rest_of_the_district(students: House) -> None:
    wholly: dict[str, tuple[UUID, set[UUID]]] = {
        ground: (uuid4(), set()) for ground in ("engaged", "consented", "official", "none")
    }
    for ground, (partner_id, chosen) in wholly.items():
        await a_partner(students, partner_id=partner_id)
        program_id = await a_program(students, partner_id=partner_id)
        for _ in range(0 if ground == "none" else SOME):
            child = await a_student(students)
            chosen.add(child)
            if ground == "consented":
                mother = await a_guardian(students, child)
                await a_consent(students, child, mother, partner_id=partner_id)
            else:
                stage = EngagementStage.ACTIVE
                await an_engagement(students, child, program_id, partner_id, stage)
        if ground == "consented":
            await an_agreement(students, recipients=[partner_id])
        if ground == "official":
            await an_agreement(
                students, recipients=[partner_id], basis=LegalBasis.SCHOOL_OFFICIAL,
                program_ids=[program_id],
            )  # fmt: skip
    async with students.database.transaction() as session:
        await session.execute(MANY, {"source": DISTRICT_ID, "children": CHILDREN})
    async with students.database.transaction() as session:
        await session.execute(text("analyze"))

    read: dict[str, int] = {}
    for ground, (partner_id, chosen) in wholly.items():
        caller = principal(Role.CASE_WORKER, partner_id=partner_id)
        for listing in (names, by_need):
            async with students.database.transaction() as session:
                before = int((await session.execute(READ)).scalar_one())
                listed = {item.id for item in (await listing(session, caller)).items}
                rows = int((await session.execute(READ)).scalar_one()) - before
            assert listed == chosen, ground
            read[f"{ground}, {listing.__name__}"] = rows

    assert {of: rows for of, rows in read.items() if rows >= NOT_WHOLE} == {}
