"""Which tables a file writes, as its source says: in SQL, by SQLAlchemy, by COPY, and as a new row.

An attribute set on a loaded row is not seen here.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

UNREADABLE = "?"
"""A table that the source does not name where it writes it."""
SQL = re.compile(
    r"\b(?:insert\s+into|update|delete\s+from|merge\s+into|lock\s+table|truncate(?:\s+table)?|copy)"
    r'\s+(?:only\s+)?"?(\w+|\{)',
    re.IGNORECASE,
)
SQL_GOES_ON_ELSEWHERE = re.compile(
    r"\b(?:insert\s+into|delete\s+from|lock\s+table)\s*$", re.IGNORECASE
)
STATEMENTS = frozenset({"insert", "update", "delete"})
BY_NAME = {"copy_records": 1, "copy_csv": 1, "upsert": 0, "end_missing": 0, "set_parent": 0}
"""Functions that write the table whose name they are given, and the place of that argument."""


class Write(NamedTuple):
    """`place` is the function, class or constant that the write stands in."""

    node: ast.AST
    place: str
    table: str


@dataclass(frozen=True)
class Tables:
    """`names` leads from the names of tables to their owners, `rows` from what a module exports
    (`services.….records.StudentRow`) to the table's name."""

    names: Mapping[str, str]
    rows: Mapping[str, str]


def declared(module: str, tree: ast.Module) -> dict[str, str]:
    """The tables of a module, by each name that it exports them under."""
    own = {
        node.name: statement.value.value
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.Assign)
        and ast.unparse(statement.targets[0]) == "__tablename__"
        and isinstance(statement.value, ast.Constant)
    }
    return {f"{module}.{name}": table for name, table in (own | _aliases(tree, own)).items()}


def writes(module: str, tree: ast.Module, tables: Tables) -> Iterator[Write]:
    """Each writing statement, with its place."""
    known = {
        name: table
        for name, full in _imported(module, tree).items()
        if (table := tables.rows.get(full))
    }
    for statement in tree.body:
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            known |= _aliases(statement, known)
    for statement in tree.body:
        scope = Scope(statement, tables, known | _aliases(statement, known))
        for node, table in scope.writes():
            by_name = table == UNREADABLE and scope.name not in BY_NAME
            if table in tables.names or by_name:
                yield Write(node, scope.name, table)


@dataclass(frozen=True)
class Scope:
    """A statement at the top of a module. `known`: the tables by their names in here."""

    node: ast.stmt
    tables: Tables
    known: Mapping[str, str]

    @property
    def name(self) -> str:
        targets = _targets(self.node)
        return getattr(self.node, "name", None) or (targets[0] if targets else "")

    def writes(self) -> Iterator[tuple[ast.AST, str]]:
        for node in ast.walk(self.node):
            if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in self._not_sql:
                yield from ((node, table) for table in _written_in(self._text(node)))
            if isinstance(node, ast.Call):
                yield from ((node, table) for table in self._called(node))

    def _called(self, call: ast.Call) -> Iterator[str]:
        function = ast.unparse(call.func)
        last = function.split(".")[-1]
        if last in BY_NAME and len(call.args) > BY_NAME[last]:
            yield from self._named(call.args[BY_NAME[last]])
        elif function in STATEMENTS and len(call.args) == 1:
            yield self.known.get(ast.unparse(call.args[0]), UNREADABLE)
        elif function in self.known:
            yield self.known[function]
        elif isinstance(call.func, ast.Attribute) and last in STATEMENTS:
            yield self.known.get(ast.unparse(call.func.value).split(".")[0], "")

    def _named(self, argument: ast.expr) -> Iterator[str]:
        """Of a name that is no constant: all tables that are named in the same place."""
        if isinstance(argument, ast.Constant):
            yield str(argument.value)
        elif table := self._tablename(argument):
            yield table
        else:
            yield from sorted(self._mentioned & self.tables.names.keys()) or [UNREADABLE]

    def _tablename(self, node: ast.expr) -> str | None:
        row = ast.unparse(node).removesuffix(".__tablename__")
        return self.known.get(row)

    @cached_property
    def _mentioned(self) -> set[str]:
        """Every constant, and every `Row.__tablename__`."""
        constants = {n.value for n in ast.walk(self.node) if isinstance(n, ast.Constant)}
        attributes = [n for n in ast.walk(self.node) if isinstance(n, ast.Attribute)]
        named = {self._tablename(each) for each in attributes if each.attr == "__tablename__"}
        return {each for each in constants | named if isinstance(each, str)}

    @cached_property
    def _not_sql(self) -> set[int]:
        """Docstrings, and the pieces of an f-string, which is read as a whole."""
        found: set[int] = set()
        for node in ast.walk(self.node):
            if isinstance(node, ast.Expr):
                found.add(id(node.value))
            elif isinstance(node, ast.JoinedStr):
                found |= {id(piece) for piece in node.values}
        return found

    def _text(self, node: ast.Constant | ast.JoinedStr) -> str:
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else ""
        return "".join(
            str(piece.value)
            if isinstance(piece, ast.Constant)
            else self._tablename(getattr(piece, "value", piece)) or "{}"
            for piece in node.values
        )


def _written_in(text: str) -> Iterator[str]:
    for found in SQL.finditer(text):
        yield UNREADABLE if found[1] == "{" else found[1].lower()
    if SQL_GOES_ON_ELSEWHERE.search(text):
        yield UNREADABLE


def _imported(module: str, tree: ast.Module) -> dict[str, str]:
    """The full names behind the imported names, and of the module's own classes."""
    own = {node.name: f"{module}.{node.name}" for node in tree.body if hasattr(node, "name")}
    return own | {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def _aliases(tree: ast.AST, known: Mapping[str, str]) -> dict[str, str]:
    """What is another name for a table: `student: Any = StudentRow`."""
    return {
        name: known[node.value.id]
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and isinstance(node.value, ast.Name)
        and node.value.id in known
        for name in _targets(node)
    }


def _targets(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Assign):
        return [ast.unparse(target) for target in node.targets]
    return [ast.unparse(node.target)] if isinstance(node, ast.AnnAssign) else []
