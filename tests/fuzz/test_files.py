"""No file makes an importer fail: it is imported, or refused with each fault and its place."""

import io
import zipfile
from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import text

from shared.contracts.imports import FileProblem
from shared.persistence.migrations import tables_of
from shared.security.principal import Principal, Role
from tests.fuzz import files, reading
from tests.fuzz.files import broken, read_many
from tests.fuzz.valid import VALID
from tests.houses import House, principal
from tests.outcomes.builders import define
from tests.promised import promise

SEED = 20261124
READ, WHOLE = 250, 12
DISTRICT = principal(Role.DISTRICT_ADMIN, partner_id=uuid4())
BACKBONE, ANALYST = principal(Role.BACKBONE), principal(Role.ANALYST)
# The jobs themselves are written down, whatever becomes of the file.
OF_JOBS = {"import_job", "import_progress"}


@pytest.mark.parametrize("kind", VALID)
def test_every_valid_generated_file_is_accepted(kind: str) -> None:
    assert [reading.read(kind, file) for file in VALID[kind]()[:2]] == [[], []]


@promise(
    "Imports",
    "No file makes an importer fail or hang: the importer takes it in, or refuses it with the "
    "fault and its place.",
)
@pytest.mark.parametrize("kind", VALID)
def test_a_broken_file_is_accepted_or_refused_with_each_fault_and_its_place(kind: str) -> None:
    found = read_many(kind, SEED, range(READ))
    assert found.examples == []
    assert found.accepted
    assert len(found.refused) > 3
    assert found.accepted + found.refused.total() == found.files == READ


def test_the_same_seed_makes_the_same_files() -> None:
    for kind, valid in VALID.items():
        one, other = valid(), valid()
        for number in range(20):
            assert broken(kind, one, SEED, number) == broken(kind, other, SEED, number)


@pytest.mark.parametrize(
    "reader",
    [
        lambda file: [file.decode("ascii")[-1:][5]],
        lambda _: [FileProblem(file="", line=3, code="form", reason="It is.")],
        lambda _: [FileProblem(file="a", line=0, code="form", reason="It is.")],
        lambda _: [FileProblem(file="a", code="Wrong!", reason="It is.")],
        lambda _: [FileProblem(file="a", code="form", reason="")],
    ],
)
def test_the_fuzzer_finds_an_importer_that_fails_or_names_no_place(
    reader: Callable[[bytes], reading.Problems], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(reading.READERS, "attendance", reader)
    assert read_many("attendance", SEED, range(3)).unexpected == 3


def test_the_fuzzer_finds_an_importer_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_: bytes) -> reading.Problems:
        while True:
            pass

    monkeypatch.setattr(files, "HANGS_AFTER_SECONDS", 1)
    monkeypatch.setitem(reading.READERS, "attendance", never)
    assert read_many("attendance", SEED, range(1)).unexpected == 1


@promise(
    "Imports",
    "No file makes an importer fail or hang: the importer takes it in, or refuses it with the "
    "fault and its place.",
)
@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("kind", ["oneroster", "hsds", "standards", "learning-resources"])
def test_a_zip_damaged_within_is_refused_however_it_is_packed(kind: str, method: int) -> None:
    packed = next(file for file in VALID[kind]() if file.startswith(b"PK"))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content, method)
            info = archive.getinfo(name)
            begins = out.tell() - info.compress_size
            with out.getbuffer() as held:
                for at in range(begins + 4, out.tell()):
                    held[at] ^= 0xFF
    assert reading.read(kind, out.getvalue())


@promise("Imports", "A refused file changes no table of the service.")
@pytest.mark.parametrize("kind", VALID)
async def test_a_refused_file_leaves_nothing_in_any_table(
    kind: str, partners: House, students: House, resources: House, outcomes: House
) -> None:
    house, caller = {
        "oneroster": (students, DISTRICT), "hsds": (partners, BACKBONE),
        "standards": (resources, BACKBONE), "learning-resources": (resources, BACKBONE),
        "observations": (outcomes, ANALYST), "attendance": (students, DISTRICT),
    }[kind]  # fmt: skip
    valid = await _prepared(kind, house, caller)
    broken_files = [broken(kind, valid, SEED, number) for number in range(WHOLE)]
    held = await _held(house)
    ended = []
    for content in [*valid[:2], *broken_files]:
        job = await house.import_file(kind, content, caller)
        now = await _held(house)
        assert job["state"] in {"done", "refused"}
        assert "import-failed" not in {problem["code"] for problem in job["problems"]}
        assert job["state"] == "done" or now == held
        held = now
        ended.append(job["state"])
    assert {*ended} == {"done", "refused"}


async def _prepared(kind: str, house: House, caller: Principal) -> list[bytes]:
    """The valid files, and what must be known before they can be taken in."""
    if kind == "observations":
        await define(house)
    if kind != "attendance":
        return VALID[kind]()
    roster = await house.import_file("oneroster", VALID["oneroster"]()[1], caller)
    assert roster["state"] == "done", roster
    known = await house.rows(
        "select p.source_id from person p join student s using (id) order by 1 limit 3"
    )
    renamed = VALID[kind]()
    for number, row in enumerate(known):
        renamed = [file.replace(b"s%d," % number, row["source_id"].encode() + b",", 1)
                   for file in renamed]  # fmt: skip
    return renamed


async def _held(house: House) -> list[tuple[str, int, str]]:
    """Of every table how many rows, and a hash of all that is in them."""
    one = """select '{0}' as name, count(*), md5(string_agg(t::text, ';' order by t::text))
             from "{0}" t"""
    names = sorted(set(tables_of(house.name).tables) - OF_JOBS)
    async with house.database.reading() as connection:
        found = await connection.execute(text(" union all ".join(map(one.format, names))))
        return sorted(tuple(row) for row in found)
