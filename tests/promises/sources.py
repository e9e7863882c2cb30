"""The source, as the promises read it: parsed files with the places of what they hold."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVICES = ("partners", "students", "resources", "outcomes")
ROOMS = ("routes", "reactions", "actions", "queries", "rules", "records")
GENERATED = "migrations"


@dataclass(frozen=True)
class Source:
    """One Python file."""

    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def room(self) -> str:
        return self.path.stem

    def at(self, node: ast.AST, why: str) -> str:
        return f"{self.name}:{getattr(node, 'lineno', 1)} {why}"

    def imports(self) -> Iterator[tuple[ast.AST, str]]:
        """Each imported module, with `from a.b import c` as both `a.b` and `a.b.c`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node, node.module
                yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        """Each call, by its dotted name."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node, ast.unparse(node.func)


@lru_cache
def sources(*folders: str, generated: bool = False) -> tuple[Source, ...]:
    """The Python files below these folders of the repository."""
    found = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return tuple(
        Source(path)
        for path in found
        if (generated or GENERATED not in path.parts) and "__pycache__" not in path.parts
    )


def noun_folders() -> list[Path]:
    return [
        folder
        for service in SERVICES
        for folder in sorted((ROOT / "services" / service).glob("*/*"))
        if folder.is_dir() and not {GENERATED, "__pycache__"} & set(folder.parts)
    ]


def guilty(found: list[str]) -> None:
    """Fails with every place, one a line."""
    assert not found, "\n" + "\n".join(found)
