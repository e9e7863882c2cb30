"""CSV tables: which file is which table of HSDS, by its name or by a mapping."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from services.partners.exchange.csv_tables.rules import Placed, from_cells
from services.partners.exchange.file_validation.rules import TEXT_CHARACTERS, is_kept, may_lack
from services.partners.exchange.hsds_schema.rules import FILES, layout
from services.partners.exchange.json_documents.rules import Package
from services.partners.exchange.mapped_tables.rules import headers_read, mapped_rows, table_of
from shared.contracts.import_mapping import TableSource
from shared.imports.archives import Archive
from shared.imports.codes import Code
from shared.imports.documents import parsed
from shared.imports.findings import WHOLE, Findings, Place, Unreadable
from shared.imports.formulas import is_formula
from shared.imports.headers import respelled
from shared.imports.tables import Table, TableLimits, blocks_of

LINES = 2_000_000
ROWS = 500_000
TABLE = TableLimits(lines=LINES, cell_characters=TEXT_CHARACTERS)
DESCRIPTION = "datapackage.json"

Tables = dict[str, list[Placed]]
Mapping = Sequence[TableSource]


def zip_tables(archive: Archive, package: Package, mapping: Mapping, findings: Findings) -> Tables:
    """The rows of each table. A table may lie in any folder, and be written in capitals."""
    tables, read, lines = Tables(), set[str](), 0
    for path in archive.members:
        name = path.rpartition("/")[2].lower()
        sources = [each for each in mapping if each.file.lower() == name]
        table = name if sources else FILES.get(name)
        shown = sources[0].file if sources else name
        if name == DESCRIPTION:
            package.name = _name(archive.content(path))
        elif table in read:
            findings.add(Place(name), Code.FILE_TWICE)
        elif table is not None:
            read.add(table)
            csv = _table(shown, archive.blocks(path), sources, findings)
            _take(tables, shown, csv, sources, findings)
            lines += csv.line_count
            if lines > LINES:  # blank ones are cheap to pack, and not to read
                reason = f"The tables may have {LINES} lines in all, blank ones too."
                findings.add(Place(name), Code.TOO_MANY_LINES, reason)
                break
        elif not name.endswith(".json"):
            if name.endswith(".csv"):
                package.counts["tables_ignored"] = package.counts.get("tables_ignored", 0) + 1
            findings.remark(Place(name), Code.FILE_UNKNOWN)
    for file in dict.fromkeys(each.file for each in mapping if each.file.lower() not in read):
        findings.add(Place(file), Code.FILE_MISSING, "The mapping reads this file.")
    return tables


def single_table(content: bytes, mapping: Mapping, findings: Findings) -> Tables:
    """The rows of one CSV file, whose name is the one that the mapping has for it."""
    tables = Tables()
    files = {each.file.lower() for each in mapping}
    if len(files) > 1:
        reason = f"The mapping reads {len(files)} files: send them in one zip."
        findings.add(WHOLE, Code.FILE_MISSING, reason)
        return tables
    name = mapping[0].file
    csv = _table(name, blocks_of(content), mapping, findings)
    _take(tables, name, csv, mapping, findings)
    return tables


def _table(file: str, blocks: Iterable[bytes], sources: Mapping, findings: Findings) -> Table:
    """A header may be spelled in other capitals."""
    if sources:
        names = {name.casefold() for name in headers_read(sources)}
        return Table(
            file, blocks, TABLE, findings, lambda name: name.casefold() in names, as_sent=True
        )
    table = FILES[file]
    return Table(
        file, blocks, TABLE, findings, lambda name: is_kept(table, name.casefold()), as_sent=True
    )


def _take(tables: Tables, file: str, csv: Table, sources: Mapping, findings: Findings) -> None:
    """A table that is there says something even where it has no row."""
    for table in [table_of(each) for each in sources] or [FILES[file]]:
        tables.setdefault(table, [])
    rows = mapped_rows(sources, file, csv, findings) if sources else _rows(file, csv, findings)
    count = sum(map(len, tables.values()))
    for table, placed in rows:
        tables[table].append(placed)
        count += 1
        if count > ROWS:
            findings.add(WHOLE, Code.TOO_MANY_ROWS, f"A file may have {ROWS} rows at most.")
            return


def _name(content: bytes) -> str:
    """Of the package as its description has it."""
    described: Any = None
    with suppress(Unreadable):
        described = parsed(content, WHOLE)
    name = described.get("name") if isinstance(described, dict) else None
    return name[:100].replace("\0", "") if isinstance(name, str) else ""


def _rows(file: str, csv: Table, findings: Findings) -> Iterator[tuple[str, Placed]]:
    table = FILES[file]
    if csv.header is None:
        return
    at = Place(file, csv.header_line)
    header = [name.strip() for name in respelled(csv.header, layout(table).fields, at, findings)]
    if not _is_good_header(table, at, header, findings):
        return
    for rows, lines in csv.chunks():
        for cells, line in zip(rows, lines, strict=True):
            row, place = dict(zip(header, cells, strict=True)), Place(file, line)
            for name, cell in row.items():
                if is_formula(cell):
                    findings.remark(place.at(name), Code.FORMULA_CELL)
            yield table, Placed(place, from_cells(table, row))


def _is_good_header(table: str, place: Place, header: list[str], findings: Findings) -> bool:
    before = findings.total
    for name in sorted(name for name, times in Counter(header).items() if times > 1):
        if name:
            findings.add(place.at(name), Code.COLUMN_TWICE)
        else:
            findings.add(place, Code.COLUMN_BLANK)
    for known in layout(table).fields.values():
        if known.needed and known.name not in header:
            say = findings.remark if may_lack(table, known) else findings.add
            say(place.at(known.name), Code.COLUMN_MISSING)
    return findings.total == before
