"""The rows of HSDS that a row of somebody's own table gives.

A row that says nothing of a table, because its cells are blank there, gives it no row. The rows of
people's tables repeat themselves: an organization, a place, with each of its programs. What stands
there twice alike is read once.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import NAMESPACE_OID, uuid5

from services.partners.exchange.csv_tables.rules import Placed, Row, from_cells
from services.partners.exchange.hsds_schema.rules import FILES, layout
from shared.contracts.import_mapping import TableSource
from shared.imports.codes import Code
from shared.imports.findings import Findings, Place
from shared.imports.formulas import is_formula
from shared.imports.headers import respelled
from shared.imports.mappings import ensure_headers, fields_of, headers_of
from shared.imports.tables import Table

IDENTIFIED = frozenset({"organization", "location", "service"})
"""Tables whose records the platform finds again by their id; of others it makes one."""
LISTED = "grades"
"""The one kind of field that is a list in itself."""


def table_of(source: TableSource) -> str:
    """The table by our name. A stored mapping names no other (hsds_mappings/rules.py)."""
    return FILES[f"{source.table}.csv"]


def parted(source: TableSource) -> list[str]:
    """The fields of which each value gives a row of its own."""
    known = layout(table_of(source)).fields
    return [
        name for name, each in source.fields.items()
        if each.separator is not None and known[name].kind != LISTED
    ]  # fmt: skip


def mapped_rows(
    sources: Sequence[TableSource], file: str, csv: Table, findings: Findings
) -> Iterator[tuple[str, Placed]]:
    """Each with its table. A finding has the sender's own header."""
    if csv.header is None:
        return
    wanted, at = headers_read(sources), Place(file, csv.header_line)
    header = respelled(csv.header, wanted, at, findings)
    if not ensure_headers(wanted, header, at, findings):
        return
    seen: dict[tuple[str, str], Row] = {}
    for rows, lines in csv.chunks():
        for cells, line in zip(rows, lines, strict=True):
            row = dict(zip(header, cells, strict=True))
            _remark_formulas(row, wanted, Place(file, line), findings)
            for table, placed in _records(sources, row, Place(file, line), findings):
                known = seen.setdefault((table, str(placed.row.get("id"))), placed.row)
                if known is placed.row or known != placed.row:
                    yield table, placed


def headers_read(sources: Sequence[TableSource]) -> list[str]:
    """The columns that any of the tables takes, each once, in order."""
    named = (name for each in sources for name in headers_of(each.fields).values())
    return list(dict.fromkeys(named))


def _remark_formulas(row: Row, wanted: list[str], place: Place, findings: Findings) -> None:
    for name in wanted:
        if is_formula(row[name]):
            findings.remark(place.at(name), Code.FORMULA_CELL)


def _records(
    sources: Sequence[TableSource], row: dict[str, str], place: Place, findings: Findings
) -> Iterator[tuple[str, Placed]]:
    for source in sources:
        table = table_of(source)
        at = replace(place, headers=headers_of(source.fields))
        found = fields_of(source.fields, row, at, findings)
        if _says_nothing(source, found):
            continue
        for cells in _parted(source, found):
            read = from_cells(table, cells)
            if table not in IDENTIFIED:
                read.setdefault("id", _made_id(table, cells))
            yield table, Placed(at, read)


def _says_nothing(source: TableSource, found: dict[str, list[str]]) -> bool:
    """Whether what the row has of its own is blank, or one of the ids that bind it."""
    table, read = table_of(source), headers_of(source.fields)
    known = layout(table).fields
    own = [name for name in read if not known[name].binds]
    if table in {"organization", "service"} and "id" in read:
        own.append("id")
    filled = {name for name in read if any(found[name])}
    return filled.isdisjoint(own) if own else bool(read.keys() - filled)


def _parted(source: TableSource, found: dict[str, list[str]]) -> list[dict[str, str]]:
    several = parted(source)
    alike = {name: ",".join(values) for name, values in found.items() if name not in several}
    if not several:
        return [alike]
    return [alike | {name: value} for name in several for value in found[name]]


def _made_id(table: str, cells: dict[str, str]) -> str:
    """The same for the same words."""
    return str(uuid5(NAMESPACE_OID, json.dumps([table, cells], sort_keys=True)))
