"""What holds of tables before any database is asked."""

import ast
from collections import defaultdict

from tests.promises.sources import Source, guilty, sources


def _tables() -> list[tuple[str, Source, ast.AST]]:
    return [
        (node.value.value, source, node)
        for source in sources("shared", "services")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Assign)
        and ast.unparse(node.targets[0]) == "__tablename__"
        and isinstance(node.value, ast.Constant)
    ]


def test_a_tables_name_is_unique_across_the_platform() -> None:
    places = defaultdict(list)
    for name, source, node in _tables():
        places[name].append(source.at(node, "").strip())
    guilty([f"table {name}: {', '.join(at)}" for name, at in places.items() if len(at) > 1])


def test_tables_live_in_the_room_for_tables() -> None:
    guilty([
        source.at(node, f"the table {name} belongs into records.py")
        for name, source, node in _tables()
        if source.name.startswith("services/") and source.room != "records"
    ])  # fmt: skip


def test_enumerations_are_stored_as_text_and_times_with_their_zone() -> None:
    """An enumeration of PostgreSQL cannot lose a value; a time without its zone is a guess."""
    found = []
    for source in sources("shared", "services"):
        for node, module in source.imports():
            if module in {"sqlalchemy.Enum", "sqlalchemy.dialects.postgresql.ENUM"}:
                found.append(source.at(node, "stores an enumeration other than as text"))
        for node, name in source.calls():
            zoned = any(k.arg == "timezone" for k in node.keywords)
            if name.split(".")[-1] in {"DateTime", "TIMESTAMP"} and not zoned:
                found.append(source.at(node, "stores a time without its zone"))
    guilty(found)
