"""Notes about a child: their authors, and the audience of each."""

from itertools import product, starmap
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from services.students.support.notes import rules
from services.students.support.notes.queries import readable
from services.students.support.notes.records import NoteRow, note
from services.students.support.notes.rules import NoteFact, Reader
from shared.contracts.students.access import Relation
from shared.contracts.students.note import Audience, NoteWithdrawn, NoteWritten
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.families import a_guardian, the_student
from tests.students.people import (
    DISTRICT,
    OTHER_WORKER,
    PARTNER_ID,
    WORKER,
    a_class,
    a_leader,
    a_program,
    a_school,
    a_student,
    an_educator,
    engage,
)

COLLEAGUE = principal(Role.CASE_WORKER, partner_id=PARTNER_ID)
IDS = st.sampled_from([uuid4() for _ in range(3)])


async def write(
    students: House, child: UUID, caller: Principal, audience: str, text: str = "Reads well."
) -> dict[str, Any]:
    async with students.calling(caller) as http:
        answer = await http.post(
            f"/v1/students/{child}/notes", json={"audience": audience, "text": text}
        )
    return dict(answer.json())


async def read(students: House, child: UUID, caller: Principal) -> set[str]:
    """The texts that the caller reads, or the code of the refusal."""
    async with students.calling(caller) as http:
        answer = (await http.get(f"/v1/students/{child}/notes")).json()
    return {note["text"] for note in answer["items"]} if "items" in answer else {answer["code"]}


async def a_supported_child(students: House) -> dict[str, Any]:
    """With a case worker, a school leader, a guardian, and another partner's worker."""
    school_id = await a_school(students)
    child = await a_student(students, school_id=school_id)
    await engage(students, child, await a_program(students), stage="active")
    foreign = await a_program(students, partner_id=OTHER_WORKER.partner_id)
    await engage(students, child, foreign, stage="active")
    return {
        "child": child, "school": school_id, "leader": await a_leader(students, school_id),
        "guardian": await a_guardian(students, child),
    }  # fmt: skip


@promise("Access and privacy", "A note is read by its audience and nobody else.")
async def test_each_note_is_read_by_its_audience_and_nobody_else(students: House) -> None:
    known = await a_supported_child(students)
    child = known["child"]
    for audience in Audience:
        await write(students, child, WORKER, audience, f"partner {audience}")
        await write(students, child, known["leader"], audience, f"school {audience}")

    own = {f"partner {audience}" for audience in Audience}
    school = {f"school {audience}" for audience in Audience}
    record = {"school organization", "school team", "partner team"}
    assert await read(students, child, WORKER) == own
    assert await read(students, child, COLLEAGUE) == own - {"partner author"}
    assert await read(students, child, OTHER_WORKER) == set()
    assert await read(students, child, known["leader"]) == school | {"partner team"}
    assert await read(students, child, DISTRICT) == record
    assert await read(students, child, known["guardian"]) == record
    assert await read(students, child, the_student(child)) == record


async def test_a_person_who_does_not_support_the_child_neither_reads_nor_writes_notes(
    students: House,
) -> None:
    known = await a_supported_child(students)
    child, teacher = known["child"], await an_educator(students)
    await a_class(students, known["school"], teacher, child)
    stranger = principal(Role.CASE_WORKER, partner_id=uuid4())

    assert await read(students, child, teacher) == {"category-withheld"}
    assert (await write(students, child, teacher, "team"))["code"] == "category-withheld"
    assert await read(students, child, stranger) == {"student-unknown"}
    assert (await write(students, child, stranger, "team"))["code"] == "student-unknown"
    assert (await write(students, child, known["guardian"], "team"))["code"] == (
        "permission-missing"
    )


async def test_only_the_author_changes_and_takes_back_a_note(students: House) -> None:
    child = (await a_supported_child(students))["child"]
    note = await write(students, child, WORKER, "team", "A first thought.")
    address, first = f"/v1/students/{child}/notes/{note['id']}", {"If-Match": '"1"'}
    wanted = {"audience": "organization", "text": "A second thought."}
    async with students.calling(COLLEAGUE) as http:
        foreign = await http.put(address, json=wanted, headers=first)
        kept = await http.delete(address, headers=first)
    async with students.calling(WORKER) as http:
        changed = await http.put(address, json=wanted, headers=first)
        stale = await http.put(address, json=wanted, headers=first)
        gone = await http.delete(address, headers={"If-Match": '"2"'})
        after = await http.get(address)

    assert (foreign.status_code, kept.status_code) == (404, 404)
    assert (changed.json()["text"], changed.json()["version"]) == ("A second thought.", 2)
    assert (stale.status_code, gone.status_code, after.status_code) == (412, 204, 404)
    [row] = await students.rows("select text, withdrawn_at from note")
    assert row["text"] is None
    assert row["withdrawn_at"] is not None


async def test_events_of_a_note_carry_no_text(students: House) -> None:
    child = (await a_supported_child(students))["child"]
    note = await write(students, child, WORKER, "team", "Canary in the text.")
    async with students.calling(WORKER) as http:
        await http.delete(f"/v1/students/{child}/notes/{note['id']}", headers={"If-Match": '"1"'})

    [written] = await students.events(NoteWritten)
    assert written["data"] == {
        "note_id": note["id"], "student_id": str(child), "audience": "team",
    }  # fmt: skip
    [withdrawn] = await students.events(NoteWithdrawn)
    assert (written["aggregate_version"], withdrawn["aggregate_version"]) == (1, 2)
    assert "Canary" not in str(await students.events())


async def test_every_reading_of_notes_is_in_the_disclosure_log(students: House) -> None:
    known = await a_supported_child(students)
    await read(students, known["child"], known["guardian"])
    rows = await students.rows(
        "select categories, basis, outcome from disclosure where account_id = :id",
        id=known["guardian"].account_id,
    )
    assert rows == [{"categories": ["notes"], "basis": "parent", "outcome": "released"}]


@promise("Access and privacy", "A note in its maker's sole possession is read by its maker alone.")
@given(
    st.builds(NoteFact, st.sampled_from(Audience), st.booleans(), IDS, IDS),
    st.builds(Reader, IDS, IDS, st.sampled_from(Relation), st.none() | IDS),
)
def test_a_sole_possession_note_is_read_by_its_maker_alone(note: NoteFact, reader: Reader) -> None:
    author = note.author_account == reader.account_id and note.partner_id == reader.partner_id
    if author or note.audience is Audience.AUTHOR:
        assert rules.readable(note, reader) == author


async def test_the_list_of_notes_agrees_with_the_rule(students: House) -> None:
    """Every kind of note, asked for by readers of every kind."""
    child, ids = await a_student(students), [uuid4() for _ in range(2)]
    kinds = product(Audience, (True, False), ids, ids)
    rows = [
        NoteRow(
            student_id=child, audience=audience, of_record=of_record, partner_id=partner,
            author_account=author, author_role="educator", text="x", version=1,
        )
        for audience, of_record, partner, author in kinds
    ]  # fmt: skip
    facts = {
        row.id: NoteFact(Audience(row.audience), row.of_record, row.partner_id, row.author_account)
        for row in rows
    }
    async with students.database.transaction() as session:
        session.add_all(rows)
    for who in starmap(Reader, product(ids, ids, Relation, (None, ids[0]))):
        async with students.database.reading() as connection:
            found = await connection.execute(select(note.id).where(readable(who)))
        shown = set(found.scalars())
        assert shown == {id for id, fact in facts.items() if rules.readable(fact, who)}
