"""Rules that hold for tables; the tests need no database."""

import ast
from collections import defaultdict

from tests.promised import promise
from tests.promises.sources import Source, guilty, sources

SHORTEST = 3  # letters of an alias: a word
RENAMED = {"class": "school_class"}  # a keyword of Python cannot be a table's name here


def _tables() -> list[tuple[str, Source, ast.AST]]:
    return [
        (node.value.value, source, node)
        for source in sources("shared", "services")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Assign)
        and ast.unparse(node.targets[0]) == "__tablename__"
        and isinstance(node.value, ast.Constant)
    ]


@promise("The house", "The name of a table is unique across the platform.")
def test_a_tables_name_is_unique_across_the_platform() -> None:
    places = defaultdict(list)
    for name, source, node in _tables():
        places[name].append(source.at(node, "").strip())
    guilty([f"table {name}: {', '.join(at)}" for name, at in places.items() if len(at) > 1])


def test_every_table_is_declared_in_a_records_module() -> None:
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


def test_each_table_is_exported_under_its_own_name_right_after_its_class() -> None:
    found = []
    for source, row, name in _exports():
        wanted = f"{name}: Any = {row.name}"
        after = source.tree.body[source.tree.body.index(row) + 1 :][:1]
        if [ast.unparse(node) for node in after] != [wanted]:
            found.append(source.at(row, f"is not followed by `{wanted}`"))
    guilty(found)


def test_a_table_has_no_other_name_than_its_own() -> None:
    """A table that stands twice in a statement has an alias, named after the role it plays."""
    exports = {(source.name, row.name): name for source, row, name in _exports()}
    rows = {row for _, row in exports}
    whole = {f"{_module(source)}.{name}" for source, _, name in _exports()}
    found = []
    for source in sources("shared", "services", "deploy"):
        names = {name.rpartition(".")[2] for _, name in source.imports() if name in whole}
        for node, target in _assigned(source):
            match node.value:
                case ast.Name(id=row) if row in rows:
                    if exports.get((source.name, row)) != target:
                        found.append(source.at(node, f"calls {row} {target}"))
                case ast.Name(id=name) if name in names and node in source.tree.body:
                    found.append(source.at(node, f"calls {name} {target}"))
                case ast.Call(func=ast.Name(id="aliased")) if len(target) < SHORTEST:
                    found.append(source.at(node, f"calls an alias {target}"))
    guilty(found)


def test_statements_and_columns_come_from_sqlalchemy_and_the_tables_and_not_from_sqlmodel() -> (
    None
):
    guilty([
        source.at(node, f"imports {module}: a table's own name gives its columns")
        for source in sources("shared", "services", "gateway", "deploy", "tests")
        for node, module in source.imports()
        if module in {"sqlmodel.col", "sqlmodel.select"}
    ])  # fmt: skip


def _exports() -> list[tuple[Source, ast.ClassDef, str]]:
    """Each class that is a table, with the name under which its columns are used."""
    return [
        (source, row, RENAMED.get(name, name))
        for name, source, node in _tables()
        for row in source.tree.body
        if isinstance(row, ast.ClassDef) and node in row.body
    ]


def _module(source: Source) -> str:
    return source.name.removesuffix(".py").replace("/", ".")


def _assigned(source: Source) -> list[tuple[ast.Assign | ast.AnnAssign, str]]:
    return [
        (node, ast.unparse(target))
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
