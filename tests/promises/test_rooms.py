"""Every service is built alike: the rooms of a noun, and the imports between them."""

import ast

from tests.promised import promise
from tests.promises.sources import (
    GENERATED,
    ROOMS,
    ROOT,
    SERVICES,
    Source,
    guilty,
    noun_folders,
    sources,
)

BELOW = {
    "routes": {"actions", "queries", "rules", "records"},
    "reactions": {"actions", "queries", "rules", "records"},
    "actions": {"queries", "rules", "records"},
    "queries": {"rules", "records"},
    "rules": set[str](),
    "records": set[str](),
}
# The reader of foreign files: pure as rules are.
READER = (
    "shared.imports.archives", "shared.imports.codes", "shared.imports.documents",
    "shared.imports.findings", "shared.imports.formulas", "shared.imports.headers",
    "shared.imports.mappings", "shared.imports.tables",
)  # fmt: skip
PURE_SHARED = (
    "shared.contracts", "shared.core.refusals", "shared.security.principal", "shared.security.grants", "shared.formats.jwts",
    "shared.core.days", "shared.formats.canonical_json", "shared.formats.texts", *READER,
)  # fmt: skip
# What a rule might do if it had these: wait, read, write, ask the time, throw dice.
IMPURE = frozenset({
    "aiohttp", "asyncio", "asyncpg", "fastapi", "httpx", "logging", "nats", "os", "pathlib",
    "random", "secrets", "shutil", "socket", "sqlalchemy", "sqlmodel", "starlette", "subprocess",
    "tempfile", "threading", "time", "urllib.request", "uuid_utils",
})  # fmt: skip
PURE_PARTS = frozenset({"pathlib.PurePath", "pathlib.PurePosixPath"})
IMPURE_CALLS = ("now", "utcnow", "today", "uuid1", "uuid4", "uuid7", "new_id", "utc_now")


@promise("The house", "A noun has the agreed rooms or fewer.")
def test_a_noun_has_the_agreed_rooms_or_fewer_and_never_others() -> None:
    allowed = {f"{room}.py" for room in ROOMS} | {"__init__.py", "__pycache__"}
    guilty([
        f"{path.relative_to(ROOT)} is no room"
        for folder in noun_folders()
        for path in sorted(folder.iterdir())
        if path.name not in allowed
    ])  # fmt: skip


def test_a_service_holds_nothing_but_its_assembly_its_nouns_and_its_migrations() -> None:
    guilty([
        f"{path.relative_to(ROOT)} belongs into a noun"
        for service in SERVICES
        for path in sorted((ROOT / "services" / service).iterdir())
        if path.is_file() and path.name not in {"__init__.py", "app.py"}
    ])  # fmt: skip


def test_an_area_holds_nothing_but_its_assembly_and_its_nouns() -> None:
    guilty([
        f"{path.relative_to(ROOT)} belongs into a noun"
        for service in SERVICES
        for path in sorted((ROOT / "services" / service).glob("*/*"))
        if path.is_file()
        and path.parent.name not in {GENERATED, "__pycache__"}
        and path.name not in {"__init__.py", "assembly.py"}
    ])  # fmt: skip


def test_each_service_has_its_package_its_app_and_its_migrations() -> None:
    wanted = ("__init__.py", "app.py", "migrations/env.py")
    guilty([
        f"services/{service}/{name} is missing"
        for service in SERVICES
        for name in wanted
        if not (ROOT / "services" / service / name).exists()
    ])  # fmt: skip


@promise("The house", "A room imports only rooms below it.")
def test_rooms_import_only_downward() -> None:
    found = []
    for source in _in_rooms():
        allowed = BELOW[source.room] | {source.room}
        for node, module in source.imports():
            match module.split("."):
                case ["services", _, _, _, room] if room in ROOMS and room not in allowed:
                    found.append(source.at(node, f"{source.room} must not know {module}"))
    guilty(found)


@promise("The house", "Rules do no I/O and have no clock.")
def test_rules_do_no_input_or_output_and_have_no_clock() -> None:
    found = []
    for source in (*_in_rooms("rules"), *_reader()):
        for node, module in source.imports():
            if module in IMPURE or module.split(".")[0] in IMPURE:
                if _only_imports(node, PURE_PARTS):
                    continue
                found.append(source.at(node, f"a rule must not know {module}"))
            if module.startswith("shared.") and not module.startswith(PURE_SHARED):
                found.append(source.at(node, f"a rule must not know {module}"))
        for call, name in source.calls():
            if name.split(".")[-1] in IMPURE_CALLS or name == "open":
                found.append(source.at(call, f"a rule must be told, not call {name}()"))
        found += [
            source.at(node, "a rule does not wait")
            for node in ast.walk(source.tree)
            if isinstance(node, ast.AsyncFunctionDef | ast.Await)
        ]
    guilty(found)


def test_only_actions_announce() -> None:
    found = []
    for source in sources("services"):
        if source.room == "actions":
            continue
        found += [
            source.at(node, f"only actions announce, not {source.room}")
            for node, name in source.calls()
            if name.split(".")[-1] in {"announce", "announce_many"}
        ]
    guilty(found)


def _only_imports(node: ast.AST, pure: frozenset[str]) -> bool:
    return isinstance(node, ast.ImportFrom) and all(
        f"{node.module}.{alias.name}" in pure for alias in node.names
    )


def _reader() -> list[Source]:
    names = {f"{module.replace('.', '/')}.py" for module in READER}
    found = [source for source in sources("shared/imports") if source.name in names]
    assert len(found) == len(READER)
    return found


def _in_rooms(*rooms: str) -> list[Source]:
    return [source for source in sources("services") if source.room in (rooms or ROOMS)]
