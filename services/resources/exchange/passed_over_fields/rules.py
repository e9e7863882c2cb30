"""Which fields of a good document are passed over."""

from collections.abc import Iterator
from typing import Any

from pydantic import AliasChoices

from services.resources.exchange.amb import rules as amb
from services.resources.exchange.case_packages import rules as case
from services.resources.exchange.schemaorg import rules as schemaorg
from shared.imports.findings import NAME_CHARACTERS


def of_description(document: dict[str, Any]) -> list[str]:
    """The fields of a good description that the library does not keep."""
    is_amb = amb.CONTEXT in (document.get("@context") or [])
    model = amb.Description if is_amb else schemaorg.Description
    kept = {info.alias or name for name, info in model.model_fields.items()} | {"id", "type"}
    return [
        name
        for name in document
        if not name.startswith("@") and (name not in kept or (is_amb and name in amb.CHECKED_ONLY))
    ]


def fields_of(part: type[case.Part]) -> frozenset[str]:
    """As a package spells them."""
    found: set[str] = set()
    for name, info in part.model_fields.items():
        spelled = info.validation_alias
        found |= {*spelled.choices} if isinstance(spelled, AliasChoices) else {info.alias or name}  # type: ignore[arg-type]
    return frozenset(found)


READ = {
    "CFDocument": fields_of(case.Document), "CFItems": fields_of(case.Item),
    "CFAssociations": fields_of(case.Association),
}  # fmt: skip


def of_package(package: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields of a good package that are not kept: each with its kind of part, and a path."""
    for name, value in package.items():
        path, read = f"$.{name[:NAME_CHARACTERS]}", READ.get(name)
        if read is None:
            yield name, path
        elif isinstance(value, list):
            for number, part in enumerate(value):
                yield from _unread(name, f"{path}[{number}]", part, read)
        else:
            yield from _unread(name, path, value, read)


def _unread(
    name: str, path: str, part: dict[str, Any], read: frozenset[str]
) -> Iterator[tuple[str, str]]:
    for field in part:
        if field not in read:
            yield f"{name}.{field}", f"{path}.{field[:NAME_CHARACTERS]}"
