"""Children are found by every name that they have, as people type it; and those with one name are
entered, shown, listed and found by it."""

import json
import random
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from sqlalchemy import text

from services.students.roster.name_search.rules import FIRST_LOOK, worth_looking_at
from services.students.roster.people.records import PersonRow
from services.students.roster.people.rules import search_name
from services.students.roster.students.records import StudentRow
from shared.http.paging import _cipher
from shared.persistence.folding import Begun, tsquery
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.family import ask
from tests.students.packages import zip_of_folder
from tests.students.people import DISTRICT, DISTRICT_ID, a_class, a_school, a_student, an_educator

ADMIN = principal(Role.DISTRICT_ADMIN, partner_id=uuid4())


async def take(students: House, folder: Path, state: str = "done") -> dict[str, Any]:
    job = await students.import_file("oneroster", zip_of_folder(folder), ADMIN)
    assert job["state"] == state, job["problems"]
    return job


async def enter(students: House, **known: Any) -> dict[str, Any]:
    answer = await ask(students, ADMIN, "POST", "/v1/students", known)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def found(
    students: House, q: str, caller: Principal = ADMIN, **more: Any
) -> list[dict[str, Any]]:
    answer = await ask(students, caller, "GET", "/v1/students", params={"q": q, **more})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def names(students: House, q: str, caller: Principal = ADMIN) -> list[tuple[str, str]]:
    return [(c["given_name"], c["family_name"]) for c in await found(students, q, caller)]


def cursor_of(students: House, scope: str, keys: list[str]) -> str:
    """As the release before seals it, for a list that it orders by these keys."""
    sealed = _cipher(students.app.state.cursor_keys[0]).encrypt(
        orjson.dumps(keys), [scope.encode()]
    )
    return urlsafe_b64encode(sealed).decode().rstrip("=")


@pytest.mark.needs("data")
async def test_a_child_is_found_by_each_word_of_its_full_name(
    students: House, real_data: Path
) -> None:
    asked = json.loads((real_data / "reported/full-name-search/queries.json").read_text())
    given, family = asked["demonstration"]["child"]
    by_hand = asked["by_hand"]["POST /v1/students"]
    await enter(students, given_name=given, family_name=family)
    await enter(students, **by_hand)
    for q in asked["demonstration"]["find"]:
        assert await names(students, q) == [(given, family)], q
    for q in asked["by_hand"]["find"]:
        told = (by_hand["given_name"], by_hand["family_name"])
        assert await names(students, q) == [told], q
    for q in asked["by_hand"]["find_not"]:
        assert await names(students, q) == [], q


@pytest.mark.needs("data")
@promise(
    "Requests",
    "A child is found by each word of each of its names, in any order, whole or begun, as an ordinary"
    " keyboard types it.",
)
async def test_a_name_is_found_as_it_is_typed_and_shown_as_it_was_sent(
    students: House, real_data: Path
) -> None:
    await take(students, real_data / "reported/names-typed-plainly")
    typed = {
        ("Saoirse", "O’Quillan"): ("O'Quillan", "OQuillan", "o’quillan", "oquil", "quillan"),
        ("Inés", "Núñez"): (
            "nunez",
            "NUÑEZ",
            "Núñez",
            "ines nunez",
            "nun ine",
            "nu\u0301n\u0303ez",
        ),
        ("Kai", "Kaʻanā"): ("Kaana", "Ka'ana", "Kaʻanā", "kai kaana"),
        ("Straße", "Groß"): ("Gross", "Groß", "GROSS", "strasse", "Gross, Strasse"),
    }
    for told, queries in typed.items():
        for q in queries:
            assert await names(students, q) == [told], q


@pytest.mark.needs("data")
async def test_a_name_with_spaces_around_it_is_kept_without_them(
    students: House, real_data: Path
) -> None:
    job = await take(students, real_data / "reported/padded-names")
    assert await names(students, "Polster") == [("Ada", "Polster")]
    assert await names(students, " ada  polster ") == [("Ada", "Polster")]
    assert await names(students, "Suharti") == [("Suharti", "")]
    assert [(r["line"], r["field"], r["code"]) for r in job["remarks"]] == [
        (3, "familyName", "one-name")
    ]
    assert await students.rows("select name from org") == [{"name": "Oak Elementary"}]
    assert await students.rows("select email from person where email is not null") == [
        {"email": "ada@mail.example"}
    ]


@pytest.mark.needs("data")
@promise("Requests", "A child with one name is entered, shown, listed and found by it.")
async def test_a_child_with_one_name_is_entered_shown_listed_and_found_by_it(
    students: House, real_data: Path
) -> None:
    folder = real_data / "reported/one-name-only"
    await take(students, folder)
    by_hand = await enter(students, **json.loads((folder / "student.json").read_text()))
    assert (by_hand["given_name"], by_hand["family_name"]) == ("Suharti", "")
    await enter(students, given_name="Ada", family_name="Zu")
    await enter(students, given_name="Tan", family_name="Abe")

    assert await names(students, "suharti") == [("Suharti", "")] * 2
    everybody = (await ask(students, ADMIN, "GET", "/v1/students")).json()["items"]
    listed = [(child["family_name"], child["given_name"]) for child in everybody]
    assert listed == [("Abe", "Tan"), ("", "Suharti"), ("", "Suharti"), ("Zu", "Ada")]


async def test_a_family_name_is_taken_away_and_given_again(students: House) -> None:
    child = await enter(students, given_name="Suharti", family_name="Sukarno")
    address = f"/v1/students/{child['id']}"
    for version, wanted, told in ((1, None, ""), (2, "Sukarno", "Sukarno")):
        changed = await ask(
            students, ADMIN, "PATCH", address, {"family_name": wanted},
            headers={"If-Match": f'"{version}"'},
        )  # fmt: skip
        assert (changed.status_code, changed.json()["family_name"]) == (200, told)
        assert len(await found(students, "sukarno")) == bool(told)


@pytest.mark.parametrize("name", ["-", ".", " – ", "…", ""])
async def test_what_is_no_name_is_refused_by_hand(students: House, name: str) -> None:
    for field in ("given_name", "family_name", "preferred_given_name"):
        body = {"given_name": "Ada", "family_name": "Polster", field: name}
        refused = await ask(students, ADMIN, "POST", "/v1/students", body)
        assert refused.status_code == 422
        assert {fault["field"] for fault in refused.json()["errors"]} == {f"body.{field}"}


async def test_an_adult_with_one_name_is_a_contact(students: House) -> None:
    child = await enter(students, given_name="Dewi")
    address = f"/v1/students/{child['id']}/contacts"
    answer = await ask(
        students, ADMIN, "POST", address, {"given_name": "Suharti", "relation": "parent"},
        headers={"If-Match": '"1"'},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["family_name"]) == (201, "")


async def test_a_text_with_a_character_that_nobody_sees_is_refused_at_its_field(
    students: House,
) -> None:
    for character, code in (("\u200b", "text_format_character"), ("\u202e", "text_format_character"),
                            ("\x85", "text_control_character")):  # fmt: skip
        body = {"given_name": "Ada", "family_name": f"Pol{character}ster"}
        refused = await ask(students, ADMIN, "POST", "/v1/students", body)
        [fault] = refused.json()["errors"]
        assert (refused.status_code, fault["field"], fault["code"]) == (
            422, "body.family_name", code,
        )  # fmt: skip
    joined = await enter(students, given_name="نیلوفر", family_name="می\u200cخواهم")
    assert joined["family_name"] == "می\u200cخواهم"
    composed = await enter(students, given_name=" Jose\u0301\u00a0Luis ", family_name="Ruiz")
    assert composed["given_name"] == "José Luis"


async def test_middle_and_preferred_names_find_a_child_and_whole_words_come_first(
    students: House,
) -> None:
    await enter(students, given_name="Anna", family_name="Zeller", preferred_family_name="Marlow")
    await enter(students, given_name="Marlene", family_name="Abt")
    await enter(students, given_name="Eva", middle_name="Mar", family_name="Yost")
    assert await names(students, "mar") == [
        ("Eva", "Yost"), ("Marlene", "Abt"), ("Anna", "Zeller"),
    ]  # fmt: skip
    assert await names(students, "Zeller, Anna") == [("Anna", "Zeller")]
    assert await names(students, "marlow anna") == [("Anna", "Zeller")]
    assert await names(students, "eva mar yo") == [("Eva", "Yost")]


async def test_pages_of_a_search_give_each_child_once_and_the_best_first(students: House) -> None:
    for number in range(4):
        await enter(students, given_name=f"Mar{'ia' * (number % 2)}", family_name=f"Z{number}")
    seen: list[str] = []
    page = {"q": "mar", "limit": 1}
    while True:
        answer = (await ask(students, ADMIN, "GET", "/v1/students", params=page)).json()
        seen += [child["family_name"] for child in answer["items"]]
        if answer["next"] is None:
            break
        page["cursor"] = answer["next"]
    assert seen == ["Z0", "Z2", "Z1", "Z3"]


GIVEN_NAMES = ("María", "Maria", "Mar", "Ana-Maria", "O'Mar", "Ivo", "Zoë", "Kai")
FURTHER_NAMES = (None, None, None, "Mar", "Maria José", "Ó Mara")
BEST_FIRST = text("""
    select id from person
    where name_words(given_name, family_name, middle_name, preferred_given_name, preferred_family_name)
          @@ cast(:begun as tsquery)
    order by name_words(given_name, family_name, middle_name, preferred_given_name,
                        preferred_family_name) @@ cast(:whole as tsquery) desc, search_name, id
""")


@promise(
    "Requests",
    "A search by name gives the same children in the same order, whether a name is common or rare.",
)
@pytest.mark.parametrize("counted", [True, False], ids=["counted", "not counted yet"])
async def test_pages_of_a_common_and_of_a_rare_name_give_each_child_once_and_in_order(
    students: House, *, counted: bool
) -> None:
    chance = random.Random(7)
    async with students.database.transaction() as session:
        for number in range(600):
            given = chance.choice(GIVEN_NAMES)
            family = f"{chance.choice('AMZ')}ar{number % 90}"
            row = PersonRow(
                source=DISTRICT_ID, given_name=given, family_name=family,
                middle_name=chance.choice(FURTHER_NAMES),
                preferred_family_name=chance.choice(FURTHER_NAMES),
                search_name=search_name(family, given),
            )  # fmt: skip
            session.add(row)
            await session.flush()
            if number % 5:  # the others are adults
                session.add(StudentRow(id=row.id, source=row.source))
    if counted:
        async with students.database.reading() as reader:
            await reader.execute(text("analyze person"))
    children = {row["id"] for row in await students.rows("select id from student")}
    for q, limit in (
        ("mar", 30),
        ("maria", 7),
        ("m", 60),
        ("kai zar", 3),
        ("zar8 kai", 2),
        ("x", 9),
    ):
        parts = {which: tsquery(q, which, 12) for which in (Begun.NONE, Begun.EACH)}
        best = BEST_FIRST.bindparams(whole=parts[Begun.NONE], begun=parts[Begun.EACH])
        async with students.database.reading() as reader:
            everybody = (await reader.execute(best)).scalars().all()
        seen: list[str] = []
        page: dict[str, Any] = {"q": q, "limit": limit}
        while True:
            answer = (await ask(students, DISTRICT, "GET", "/v1/students", params=page)).json()
            seen += [child["id"] for child in answer["items"]]
            assert len(answer["items"]) == limit or answer["next"] is None
            if answer["next"] is None:
                break
            page["cursor"] = answer["next"]
        assert seen == [str(each) for each in everybody if each in children], q


def test_a_search_goes_by_the_order_of_names_where_a_name_is_common_and_else_by_its_words() -> (
    None
):
    page = 51
    assert worth_looking_at(page, 0, 1_000_000) == 0
    assert worth_looking_at(page, FIRST_LOOK // 12, 300_000) == 2_048
    assert worth_looking_at(page, 1, 300_000) == 0
    assert worth_looking_at(page, 1, 30_000_000) == 32_768
    assert worth_looking_at(page, FIRST_LOOK, -1) == 0, "PostgreSQL has not counted yet"


async def test_a_cursor_of_the_release_before_is_refused_as_that_of_another_list(
    students: House,
) -> None:
    teacher = await an_educator(students)
    for caller, source in ((ADMIN, ADMIN.partner_id), (teacher, DISTRICT_ID)):
        first, _ = [
            await a_student(students, given_name="Mar", search_name=f"z{n}", source=source)
            for n in range(2)
        ]
        page = await ask(students, caller, "GET", "/v1/students", params={"q": "mar", "limit": 1})
        assert page.status_code == 200
        scope = "|".join(
            (str(caller.account_id), str(caller.membership_id), "/v1/students", "q=mar")
        )
        older = cursor_of(students, scope, ["z0", str(first)])
        refused = await ask(
            students, caller, "GET", "/v1/students", params={"q": "mar", "cursor": older}
        )
        assert (refused.status_code, refused.json()["code"]) == (400, "cursor-foreign")


@pytest.mark.parametrize("q", ["'", "-", "& | !", "z:*", "\\", "(", "%_", "x" * 100, "''':*'"])
async def test_no_text_makes_a_search_fail(students: House, q: str) -> None:
    await enter(students, given_name="Ada", family_name="Polster")
    assert await found(students, q) == []


async def test_a_search_finds_only_children_whom_the_caller_may_see(students: House) -> None:
    school, teacher = await a_school(students), await an_educator(students)
    hers = await a_student(students, given_name="María", family_name="Ibarra")
    await a_student(students, given_name="María", family_name="Otero")
    await a_student(students, given_name="María", family_name="Weit", source=uuid4())
    await a_class(students, school, teacher, hers)
    assert [child["id"] for child in await found(students, "maria", teacher)] == [str(hers)]
    assert await found(students, "otero", teacher) == []
    assert len(await found(students, "maria", DISTRICT)) == 2
    foreign = principal(Role.DISTRICT_ADMIN, partner_id=uuid4())
    assert await found(students, "maria", foreign) == []
    assert foreign.partner_id != DISTRICT_ID


AMARA = {"given_name": "Amara", "family_name": "Diallo", "birth_date": "2016-04-02"}


@promise(
    "Requests",
    "A child that the district may have already is entered only after a confirmation.",
)
async def test_a_possible_duplicate_is_told_and_entered_only_once_it_is_confirmed(
    students: House,
) -> None:
    first = await enter(students, **AMARA)
    again = AMARA | {"given_name": "AMARÁ"}
    before = await students.contents()
    told = await ask(students, ADMIN, "POST", "/v1/students", again)
    assert (told.status_code, told.json()["code"]) == (409, "possible-duplicates")
    [named] = told.json()["errors"]
    assert (named["field"], named["code"]) == ("body", "names-and-birth-date")
    assert first["id"] in named["reason"]
    assert "Amara" not in told.text and "Diallo" not in told.text
    after = await students.contents()
    assert {name for name in after if after[name] != before.get(name)} == {"disclosure"}
    rows = await students.rows("select student_id, outcome, categories from disclosure")
    assert {
        "student_id": UUID(first["id"]), "outcome": "released", "categories": ["identity"],
    } in rows  # fmt: skip

    async with students.calling(ADMIN) as http:
        confirmed = await http.post("/v1/students", params={"confirmed": True}, json=again)
    assert confirmed.status_code == 201
    [pair] = (await ask(students, ADMIN, "GET", "/v1/possible-duplicates")).json()["items"]
    assert {pair["student_id"], pair["earlier_id"]} == {confirmed.json()["id"], first["id"]}


async def test_a_like_child_of_another_district_is_never_told(students: House) -> None:
    await enter(students, **AMARA)
    foreign = principal(Role.DISTRICT_ADMIN, partner_id=uuid4())
    answer = await ask(students, foreign, "POST", "/v1/students", AMARA)
    assert answer.status_code == 201
