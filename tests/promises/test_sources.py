"""Rules that hold for every file."""

import ast
import warnings

import pytest

from tests.promised import promise
from tests.promises.sources import Source, guilty, sources

CODE = ("shared", "services", "gateway", "deploy")
LINES_BEST = 200
LINES_MOST = 300
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "service", "base_service"}
ENDS_TRANSACTIONS = {"shared/persistence/database.py"}
CONNECTS = {
    "shared/persistence/database.py": "the pools",
    "shared/events/relay.py": "a lock lives on a connection of its own",
    "shared/persistence/migrations.py": "tables are changed outside of requests",
    "shared/persistence/revisions.py": "a process looks before there are any pools",
}
UNDONE = ("TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK")


def test_every_module_states_its_purpose() -> None:
    guilty([
        f"{source.name} has no docstring"
        for source in sources(*CODE, "tests")
        if (source.text.strip() or source.name.startswith(("services/", "shared/", "gateway/")))
        and ast.get_docstring(source.tree) is None
    ])  # fmt: skip


@promise("Requests", "Only one module ends a transaction.")
def test_only_the_database_module_ends_a_transaction() -> None:
    guilty([
        source.at(node, f"calls {name}()")
        for source in sources("shared", "services", "gateway")
        if source.name not in ENDS_TRANSACTIONS
        for node, name in source.calls()
        if name.split(".")[-1] in {"commit", "rollback", "begin_nested"}
    ])  # fmt: skip


def test_only_the_shared_code_opens_connections_to_a_database() -> None:
    opening = {"create_async_engine", "create_engine", "asyncpg.connect", "asyncpg.create_pool"}
    guilty([
        source.at(node, f"calls {name}()")
        for source in sources("shared", "services", "gateway")
        if source.name not in CONNECTS
        for node, name in source.calls()
        if name in opening or name.split(".")[-1] in {"create_async_engine", "create_engine"}
    ])  # fmt: skip


def test_no_line_marks_unfinished_work() -> None:
    guilty([
        f"{source.name}:{number} leaves something undone"
        for source in sources(*CODE, "tests")
        for number, line in enumerate(source.text.splitlines(), 1)
        if any(word in line.split() or f"# {word}" in line for word in UNDONE)
    ])  # fmt: skip


def test_no_test_is_skipped_without_a_reason() -> None:
    found = []
    for source in sources("tests"):
        for node, name in source.calls():
            last = name.split(".")[-1]
            if last == "skip" and name.startswith("pytest") and not (node.args or node.keywords):
                found.append(source.at(node, "skips without a reason"))
            if last in {"skipif", "xfail"} and not any(k.arg == "reason" for k in node.keywords):
                found.append(source.at(node, f"{last} without a reason"))
        found += [
            source.at(node, "a bare mark skips without a reason")
            for node in ast.walk(source.tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            for mark in node.decorator_list
            if ast.unparse(mark) in {"pytest.mark.skip", "pytest.mark.xfail"}
        ]
    guilty(found)


def test_nothing_of_ours_is_mocked() -> None:
    guilty([
        source.at(node, f"imports {module}")
        for source in sources("tests")
        for node, module in source.imports()
        if module.startswith(("unittest.mock", "mock", "pytest_mock"))
    ])  # fmt: skip


def test_no_file_has_a_vague_name() -> None:
    guilty([
        f"{source.name}: name it after what it holds"
        for source in sources("services", "gateway")
        if source.room in VAGUE
    ])  # fmt: skip


def test_no_module_defers_annotations_and_no_table_declares_relationships() -> None:
    found = []
    for source in sources("shared", "services", "gateway"):
        for node, module in source.imports():
            if module == "__future__.annotations":
                found.append(source.at(node, "FastAPI and SQLModel read annotations"))
            if module in {"sqlmodel.Relationship", "sqlalchemy.orm.relationship"}:
                found.append(source.at(node, "reads are Core selects; no Relationship"))
    guilty(found)


def test_only_the_clock_asks_the_time_in_services() -> None:
    asking = {"datetime.now", "datetime.utcnow", "date.today", "time.time", "utc_now"}
    guilty([
        source.at(node, f"calls {name}(); take Now or Today as an argument")
        for source in sources("services")
        for node, name in source.calls()
        if name in asking
    ])  # fmt: skip


@pytest.mark.filterwarnings("default")
def test_files_stay_short() -> None:
    long = [(len(s.text.splitlines()), s) for s in sources("shared", "services", "gateway")]
    for lines, source in long:
        if LINES_BEST < lines <= LINES_MOST:
            warnings.warn(f"{source.name} has {lines} lines", LongFile, stacklevel=1)
    guilty([
        f"{source.name} has {lines} lines; split it"
        for lines, source in long
        if lines > LINES_MOST and not _only_declares(source)
    ])  # fmt: skip


class LongFile(UserWarning):
    """Longer than it should be, shorter than is refused."""


def _only_declares(source: Source) -> bool:
    """A table of constants may be as long as the standard it comes from."""
    return not any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(source.tree)
    )
