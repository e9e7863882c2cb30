"""Reads a row of a table with other headers by a mapping (shared/contracts/import_mapping.py).

A cell is read without the blanks around it, and so is a header. What is wrong is found at the
sender's own header.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from shared.contracts.import_mapping import FieldSource
from shared.imports.codes import Code
from shared.imports.findings import NAME_CHARACTERS, Findings, Place

Sources = Mapping[str, FieldSource]
Fields = dict[str, list[str]]


def headers_of(sources: Sources) -> dict[str, str]:
    """Of each field the header that it is read from; constants have none."""
    return {name: source.header for name, source in sources.items() if source.header is not None}


def ensure_headers(
    wanted: Iterable[str], header: Sequence[str], place: Place, findings: Findings
) -> bool:
    """Whether the table has each of the wanted headers, once. `wanted` names each once."""
    there, before = Counter(header), findings.total
    for name in wanted:
        if there[name] != 1:
            code = Code.COLUMN_TWICE if there[name] else Code.COLUMN_MISSING
            findings.add(place.at(name[:NAME_CHARACTERS]), code)
    return findings.total == before


def fields_of(
    sources: Sources, cells: Mapping[str, str], place: Place, findings: Findings
) -> Fields:
    """The values of each field in this row: one, or as many as its separator parts. `cells`: by
    header."""
    return {
        name: [source.constant] if source.constant is not None
        else _values(source, cells[source.header or ""], place.at(name), findings)
        for name, source in sources.items()
    }  # fmt: skip


def _values(source: FieldSource, cell: str, place: Place, findings: Findings) -> list[str]:
    if source.separator is None:
        return [_translated(source, cell.strip(), place, findings)]
    words = [word.strip() for word in cell.split(source.separator)]
    return [_translated(source, word, place, findings) for word in words if word]


def _translated(source: FieldSource, word: str, place: Place, findings: Findings) -> str:
    if not source.values or word in source.values:
        return source.values.get(word, word)
    if word:  # a blank cell says nothing, unless the mapping says what it means
        findings.add(place, Code.VALUE_UNKNOWN, "The mapping translates no such value.")
    return ""
