"""What protects a child in one of its records counts in the others: random records, contacts and
words of a family, against an oracle that shares no code with the policy."""

import random
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.students.access.facts.queries import facts
from services.students.access.policy import queries as access
from services.students.consent.consents.records import ConsentRow
from services.students.consent.directory_information.records import DirectoryChoiceRow
from services.students.roster.contacts.records import ContactRestrictionRow, StudentContactRow
from services.students.roster.people.records import PersonRow
from services.students.roster.possible_duplicates.records import PossibleDuplicateRow
from services.students.roster.students.records import StudentRow, student
from shared.contracts.students.access import Category
from shared.security.principal import Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.people import DISTRICT_ID, PARTNER_ID

WORLDS = 60
NOW = datetime.now(UTC)
TODAY = NOW.date()
NAMES = [("Falk", "Getrennt"), ("falk ", "GETRENNT"), ("Mirja", "Sorgefall"), ("Bo", "Ek")]
EMAILS = [None, None, "home@example.org", "Home@Example.org", "falk@example.org"]


@dataclass
class Link:
    adult: int
    legal: str
    recorded: bool
    ended: bool
    rostered: bool
    order: bool


@dataclass
class World:
    """Three records, the pairs among them, four adults, and the words of the family."""

    adults: list[tuple[tuple[str, str], str | None, bool]]
    links: list[dict[int, Link]]
    pairs: dict[tuple[int, int], tuple[str, str]]
    out: list[list[tuple[bool, int]]]  # choices of a record: opted out, days ago; the latest last
    no: list[bool]
    ids: list[UUID] = field(default_factory=list)
    people: list[UUID] = field(default_factory=list)


def draw(seed: int) -> World:
    chance = random.Random(seed)

    def a_link(adult: int) -> Link:
        ended = chance.random() < 0.2
        return Link(
            adult, chance.choice(["yes", "yes", "yes", "no"]), chance.random() < 0.3, ended,
            chance.random() < 0.6, chance.random() < 0.3,
        )  # fmt: skip

    return World(
        adults=[
            (chance.choice(NAMES), chance.choice(EMAILS), chance.random() < 0.3) for _ in range(4)
        ],
        links=[
            {adult: a_link(adult) for adult in chance.sample(range(4), chance.randint(0, 3))}
            for _ in range(3)
        ],
        pairs={
            pair: (
                chance.choice(["open", "open", "same", "different"]),
                chance.choice(["names-and-birth-date", "state-identifier-shared"]),
            )
            for pair in ((1, 0), (2, 0), (2, 1))
            if chance.random() < 0.7
        },
        out=[
            [
                (chance.random() < 0.6, days)
                for days in sorted(chance.sample(range(1, 30), chance.randint(0, 2)), reverse=True)
            ]
            for _ in range(3)
        ],
        no=[chance.random() < 0.3 for _ in range(3)],
    )


# The oracle.


def others(world: World, record: int) -> list[int]:
    found = []
    for (later, earlier), (status, reason) in world.pairs.items():
        if status == "different" or (status == "open" and reason == "state-identifier-shared"):
            continue
        if record in {later, earlier}:
            found.append(earlier if record == later else later)
    return found


def plain(name: str) -> str:
    taken = unicodedata.normalize("NFKD", name)
    return "".join(c for c in taken.casefold() if c.isalpha())


def same_adult(world: World, here: int, there: int, record: int) -> bool:
    if here == there:
        return True
    if here in world.links[record]:
        return False
    (mine, mail, _), (theirs, other_mail, _) = world.adults[here], world.adults[there]
    names = [plain(part) for part in mine] == [plain(part) for part in theirs]
    mails = mail is not None and other_mail is not None and mail.lower() == other_mail.lower()
    return names or mails


def barred(world: World, record: int, link: Link) -> bool:
    if link.order:
        return True
    for other in others(world, record):
        for there in world.links[other].values():
            if not same_adult(world, link.adult, there.adult, other):
                continue
            no_rights = there.recorded and there.legal == "no"
            sent_away = there.ended and not there.rostered
            if there.order or (not link.recorded and (no_rights or sent_away)):
                return True
    return False


def unlisted(world: World, record: int, adult: int) -> bool:
    return world.adults[adult][2] or any(
        world.adults[there][2] and same_adult(world, adult, there, other)
        for other in others(world, record)
        for there in world.links[other]
    )


def opted_out(world: World, record: int) -> bool:
    own = world.out[record]
    if own and own[-1][0]:
        return True
    for other in others(world, record):
        said = world.out[other]
        if said and said[-1][0]:
            last = min(days for out, days in said if out)
            if not any(not out and days < last for out, days in own):
                return True
    return False


# The world in the database.


async def build(students: House, world: World) -> None:
    async with students.database.transaction() as session:
        for (given, family), email, marked in world.adults:
            adult = PersonRow(
                source=DISTRICT_ID, given_name=given, family_name=family, search_name="x",
                email=email, do_not_publish=marked,
            )  # fmt: skip
            world.people.append(adult.id)
            session.add(adult)
        for n in range(3):
            child = PersonRow(
                source=DISTRICT_ID, given_name="Runa", family_name="S", search_name="s runa"
            )
            world.ids.append(child.id)
            session.add(child)
            await session.flush()
            said = world.out[n]
            session.add(
                StudentRow(
                    id=child.id, source=DISTRICT_ID, version=1, birth_date=date(2017, 5, 4),
                    directory_opt_out=bool(said) and said[-1][0],
                )
            )  # fmt: skip
        await session.flush()
        for n, id in enumerate(world.ids):
            for row in rows_of(world, n, id):
                session.add(row)
        for (later, earlier), (status, reason) in world.pairs.items():
            session.add(
                PossibleDuplicateRow(
                    source=DISTRICT_ID, student_id=world.ids[later], earlier_id=world.ids[earlier],
                    reason=reason, status=status, version=1,
                )
            )  # fmt: skip


def rows_of(world: World, n: int, id: UUID) -> list[Any]:
    rows: list[Any] = []
    for link in world.links[n].values():
        adult = world.people[link.adult]
        rows.append(
            StudentContactRow(
                student_id=id, contact_id=adult, relation="parent", legal_guardian=link.legal,
                legal_recorded=link.recorded, rostered=link.rostered,
                ended_on=TODAY if link.ended else None,
            )
        )  # fmt: skip
        if link.order:
            rows.append(
                ContactRestrictionRow(
                    student_id=id, contact_id=adult, kind="no-contact", begins_on=TODAY,
                    document_reference="FC 1",
                )
            )  # fmt: skip
    for out, days in world.out[n]:
        rows.append(
            DirectoryChoiceRow(
                student_id=id, opted_out=out, said_by=world.people[0],
                said_at=NOW - timedelta(days=days), recorded_by=world.people[0], method="paper",
            )
        )  # fmt: skip
    if world.no[n]:
        rows.append(
            ConsentRow(
                student_id=id, status="refused", partner_id=PARTNER_ID, purpose="service",
                categories=["attendance"], begins_on=TODAY, ends_on=TODAY,
                given_by=world.people[0], method="paper", text="No.", text_version="1",
                language="en", recorded_by=world.people[0], decided_at=NOW,
            )
        )  # fmt: skip
    return rows


async def children_of(students: House, person_id: UUID, ids: list[UUID]) -> set[int]:
    caller = principal(Role.GUARDIAN, partner_id=DISTRICT_ID, person_id=person_id)
    found = student.id.in_(ids) & access.may_see(caller, student.id, Category.IDENTITY)
    async with students.database.reading() as reader:
        rows = await reader.execute(student.__table__.select().where(found))
        return {ids.index(row.id) for row in rows}


@promise(
    "Access and privacy",
    "What protects a child in one record counts in its other records, as an oracle of its own says.",
)
async def test_what_protects_a_child_in_one_record_counts_in_the_others(students: House) -> None:
    seen = {"barred": 0, "unlisted": 0, "out": 0, "no": 0}
    for seed in range(WORLDS):
        world = draw(seed)
        await build(students, world)
        district = principal(Role.DISTRICT_ADMIN, partner_id=DISTRICT_ID)
        for n, id in enumerate(world.ids):
            async with students.database.reading() as reader:
                known = await facts(reader, district, id)
            assert known is not None
            alive = {link.adult: link for link in world.links[n].values() if not link.ended}
            held = {world.people[a]: barred(world, n, link) for a, link in alive.items()}
            assert {c.person_id: c.restricted for c in known.contacts} == held, (seed, n)
            assert known.opted_out is opted_out(world, n), (seed, n)
            refusals = sum(world.no[other] for other in [n, *others(world, n)])
            assert len(known.consents) == refusals, (seed, n)
            async with students.calling(district) as http:
                told = (await http.get(f"/v1/students/{id}/contacts")).json()
            marks = {world.people.index(UUID(c["id"])): c["do_not_publish"] for c in told}
            assert marks == {a: unlisted(world, n, a) for a in alive}, (seed, n)
            seen["barred"] += sum(held.values())
            seen["unlisted"] += sum(marks.values())
            seen["out"] += known.opted_out
            seen["no"] += refusals > world.no[n]
        for adult, person_id in enumerate(world.people):
            expected = {
                n
                for n in range(3)
                if (link := world.links[n].get(adult)) is not None
                and not link.ended
                and link.legal == "yes"
                and not barred(world, n, link)
            }
            assert await children_of(students, person_id, world.ids) == expected, seed
    assert all(seen.values()), "a case that never happened proves nothing"
