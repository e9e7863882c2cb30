"""Only the owner writes its table: the noun whose `records.py` declares it, by its actions.

The tables of shared (outbox, inbox, idempotency, imports) are written by shared alone.
"""

import ast
from functools import cache

import pytest

from tests.promised import promise
from tests.promises.sources import Source, guilty, sources
from tests.promises.writes import UNREADABLE, Tables, Write, declared, writes

SHARED = "shared"
WRITING_ROOMS = ("actions", "rules")
"""An action may keep its SQL in the rules of its noun."""
KEPT = {
    "services/students/access/disclosures/queries.py::refusal disclosure": (
        "a refusal is raised while reading, and carries the row that outlives its transaction"
    ),
    "services/students/exchange/oneroster_import/actions.py::_stage_file ?": (
        "copies into the stage of a file, a temporary table of the import's own"
    ),
    "services/students/lifecycle/removals/actions.py::_delete ?": (
        "a child leaves all tables in one list, of which a test knows that none is missing"
    ),
    "services/students/sharing/partner_reads/actions.py::NOTE held": (
        "one statement notes what partners hold and asks for the review of each row it changed"
    ),
    "services/students/sharing/partner_reads/actions.py::NOTE review": "the same statement",
    "shared/events/outlet.py::Outlet ?": "works for either outbox, both of shared",
}
"""Place and table of each write that is not the owner's, and why. This list only gets shorter."""


@promise(
    "The house",
    "Only the noun that declares a table writes it, by its actions; only shared writes its own.",
)
def test_only_the_owner_writes_its_table() -> None:
    guilty([
        source.at(write.node, f"{write.place} {why}")
        for source, write, why in _foreign()
        if _place(source, write) not in KEPT
    ])  # fmt: skip


def test_every_listed_exception_still_writes_a_table_of_another_noun() -> None:
    there = {_place(source, write) for source, write, _ in _foreign()}
    guilty([f"{place} is mended: take it off the list" for place in KEPT if place not in there])


STUDENTS = "services/students/roster/students"
OWNED = Tables(
    {"student": "students", "note": "notes"},
    {"records.StudentRow": "student", "records.student": "student", "notes.NoteRow": "note"},
)
IMPORTS = """
from records import StudentRow, student
from notes import NoteRow as N
from sqlalchemy import delete, insert, update
S: Any = StudentRow
"""


@pytest.mark.parametrize(
    ("source", "tables"),
    [
        ('text("insert into student (id) values (1)")', ["student"]),
        ('SQL = """\n with x as (update only student s set a = 1) delete\n from note"""', ["note", "student"]),
        ('text("lock table " "student in share mode")', ["student"]),
        ('text(f"update {StudentRow.__tablename__} set a = {b}")', ["student"]),
        ('text(f"delete from {table}")', [UNREADABLE]),
        ('text("delete from {table}".format(table="student"))', [UNREADABLE]),
        ('text("delete from " + table)', [UNREADABLE]),
        ("insert(StudentRow).values(a=1)", ["student"]),
        ("def act():\n    own: Any = N\n    delete(own).where(own.a == 1)", ["note"]),
        ("update(S).where(S.a == 1)", ["student"]),
        ("S.__table__.insert()", ["student"]),
        ("update(student)", ["student"]),
        ("delete(table)", [UNREADABLE]),
        ("session.add(N(a=1))", ["note"]),
        ('copy_records(session, "student", rows)', ["student"]),
        ("copy_records(session, N.__tablename__, rows)", ["note"]),
        ("copy_records(session, table, rows)", [UNREADABLE]),
        ("for t in (N.__tablename__, S.__tablename__):\n    copy_records(session, t, rows)", ["note", "student"]),
        ('for table in ("student", "note"):\n    upsert(table, {}, "stage")', ["note", "student"]),
        ('copy_records(session, "incoming", rows)', []),
        ('"""Writes: update student."""', []),
        ('text("select 1 from student for update")', []),
        ('text("insert into incoming select 1 from student on conflict do update set a = 1")', []),
        ("select(S).where(S.a == 1)", []),
        ("found.update(S.a)", []),
    ],
)  # fmt: skip
def test_a_write_is_found_however_it_is_spelled(source: str, tables: list[str]) -> None:
    found = {write.table for write in writes("module", ast.parse(IMPORTS + source), OWNED)}
    assert sorted(found) == tables


def test_a_write_of_a_table_of_another_noun_is_refused() -> None:
    assert _why("services/students/consent/consents/actions.py", "student", STUDENTS)
    assert _why(f"{STUDENTS}/queries.py", "student", STUDENTS)
    assert _why(f"{STUDENTS}/actions.py", "outbox", SHARED)
    assert _why("shared/events/outbox.py", "student", STUDENTS)
    assert _why(f"{STUDENTS}/actions.py", UNREADABLE, None)
    assert not _why(f"{STUDENTS}/actions.py", "student", STUDENTS)
    assert not _why("shared/events/erasure.py", "outbox", SHARED)


@cache
def _tables() -> Tables:
    names: dict[str, str] = {}
    rows: dict[str, str] = {}
    for source in sources("services", "shared"):
        here = declared(_module(source), source.tree)
        rows |= here
        names |= dict.fromkeys(here.values(), _noun(source.name))
    return Tables(names, rows)


@cache
def _foreign() -> list[tuple[Source, Write, str]]:
    tables = _tables()
    return [
        (source, write, why)
        for source in sources("services", "shared", "gateway")
        for write in writes(_module(source), source.tree, tables)
        if (why := _why(source.name, write.table, tables.names.get(write.table)))
    ]


def _why(file: str, table: str, owner: str | None) -> str:
    """What is wrong with writing this table there; empty where nothing is."""
    if owner is None:
        return "writes a table that it does not name"
    if _noun(file) != owner:
        return f"writes {table}, which is of {owner}"
    if owner != SHARED and file.rsplit("/", 1)[-1].removesuffix(".py") not in WRITING_ROOMS:
        return f"writes {table}; only actions write"
    return ""


def _noun(file: str) -> str:
    parts = file.split("/")
    return SHARED if parts[0] == SHARED else "/".join(parts[:4])


def _module(source: Source) -> str:
    return source.name.removesuffix(".py").replace("/", ".")


def _place(source: Source, write: Write) -> str:
    return f"{source.name}::{write.place} {write.table}"
