"""Tables bound by ids, put together to what the JSON of the specification nests."""

from dataclasses import dataclass
from typing import Any

from services.partners.exchange.file_validation.rules import check_row, number_of
from services.partners.exchange.hsds_schema.rules import (
    LISTS,
    NESTED,
    OWNED,
    UNKEPT,
    WHOLE,
    layout,
)
from services.partners.exchange.json_documents.rules import (
    LOCATION,
    ORGANIZATION,
    SERVICE,
    Entity,
    Package,
)
from shared.imports.codes import Code
from shared.imports.findings import Findings, Place

Row = dict[str, Any]
# These may be known from an earlier file; whoever loads this one looks.
OUTSIDE = {(SERVICE, "organization_id"), (LOCATION, "organization_id"),
           ("service_at_location", "location_id")}  # fmt: skip
KEPT_REFERENCES = OUTSIDE | {(ORGANIZATION, "parent_organization_id")}


@dataclass(frozen=True)
class Placed:
    place: Place
    row: Row


def from_cells(table: str, cells: dict[str, str]) -> Row:
    """A row of a CSV file with numbers as numbers; an empty cell is no value, but for fields that
    may be empty."""
    fields, read = layout(table).fields, dict[str, Any](cells)
    for name, cell in cells.items():
        known = fields.get(name)
        if cell == "":
            read[name] = "" if known is not None and known.needed else None
        elif known is not None and known.kind in {"number", "count"}:
            read[name] = number_of(cell.strip())
        elif known is not None and known.kind == "grades":
            read[name] = [grade.strip() for grade in cell.split(",")]
    return read


def from_json(table: str, row: Any) -> Any:
    """A row of tables written as JSON: a text that looks like a number may have become one."""
    if not isinstance(row, dict):
        return row
    fields = layout(table).fields
    return {
        name: str(value)
        if type(value) is int and name in fields and fields[name].kind == "text"
        else value
        for name, value in row.items()
    }


def assemble(tables: dict[str, list[Placed]], package: Package, findings: Findings) -> None:
    """Fills the package. Each row stands on its own feet first, then the rows are bound."""
    rows = {table: _by_id(table, placed, findings) for table, placed in tables.items()}
    if findings.total:
        return
    whole = {
        table: {id: _stripped(table, each.row) for id, each in known.items()}
        for table, known in rows.items()
    }
    _say_what_is_empty(whole)
    unbound = 0
    for table, known in rows.items():
        for id, each in known.items():
            unbound += not _bind(table, each, whole[table][id], whole, findings)
    package.counts["unbound"] = unbound
    for table, kept in (
        (ORGANIZATION, package.organizations),
        (SERVICE, package.services),
        (LOCATION, package.locations),
    ):
        for id, row in whole.get(table, {}).items():
            kept[id] = Entity(id, rows[table][id].place, row)


def _by_id(table: str, placed: list[Placed], findings: Findings) -> dict[str, Placed]:
    """The sound rows. Of a table that the platform does not keep the others are passed over."""
    known: dict[str, Placed] = {}
    say = findings.remark if table in UNKEPT else findings.add
    for each in placed:
        row = check_row(table, each.row, each.place, findings)
        lacking = [name for name in OWNED.get(table, []) if not row.get(name)]
        for name in lacking:
            say(each.place.at(name), Code.REQUIRED)
        for name in sorted(row.keys() & NESTED.keys()):
            _refuse_nested(name, row, each.place, findings)
        id = row.get("id")
        if not isinstance(id, str) or not id.strip() or lacking:
            continue  # which was said
        if id in known:
            say(each.place.at("id"), Code.DUPLICATE_ID, "The table has this id already.")
        else:
            known[id] = Placed(each.place, row)
    return known


def _refuse_nested(name: str, row: Row, place: Place, findings: Findings) -> None:
    """Of what has a table of its own; in a column it is passed over where the platform keeps no
    such thing."""
    reason = "This has a table of its own."
    if NESTED[name] in UNKEPT:
        findings.remark(place.at(name), Code.COLUMN_NESTED, reason)
        del row[name]
    else:
        findings.add(place.at(name), Code.COLUMN_NESTED, reason)


def _stripped(table: str, row: Row) -> Row:
    """What of a row is its own: without what binds it, and without empty cells where it will be
    nested."""
    bonds = {
        field.name for field in layout(table).references
        if (table, field.name) not in KEPT_REFERENCES
    } | {"link_id", "taxonomy_term_id", "taxonomy_id", "resource_id"}  # fmt: skip
    return {
        name: value for name, value in row.items()
        if name not in bonds and (value is not None or table in WHOLE)
    }  # fmt: skip


def _say_what_is_empty(whole: dict[str, dict[str, Row]]) -> None:
    """A table that is there speaks also of those that have no row in it."""
    for table in whole.keys() - {SERVICE, LOCATION}:
        for field in layout(table).references:
            if field.refers_to in WHOLE and (table, field.name) not in OUTSIDE:
                for row in whole.get(str(field.refers_to), {}).values():
                    row.setdefault(LISTS[table], [])


def _bind(
    table: str, each: Placed, own: Row, whole: dict[str, dict[str, Row]], findings: Findings
) -> bool:
    """Nests the row in all that it belongs to. False where it belongs to nothing that is here:
    then it says nothing of the directory."""
    if table in {"attribute", "metadata"}:
        return _bind_freely(table, each, own, whole)
    bound, missing = False, []
    for field in layout(table).references:
        wanted = each.row.get(field.name)
        if not wanted or (table, field.name) in OUTSIDE:
            continue
        parent = whole.get(str(field.refers_to), {}).get(wanted)
        if parent is None:
            missing.append(field.name)
        elif (table, field.refers_to) == (SERVICE, "program"):
            own["program"], bound = parent, True
        else:
            parent.setdefault(LISTS[table], []).append(own)
            bound = True
    # Whoever names several and has one of them is bound; the specification's own example does so.
    if missing and (not bound or table in OWNED):
        say = findings.remark if table in UNKEPT else findings.add
        place = each.place.at(missing[0])
        say(place, Code.DANGLING_REFERENCE, "No row of that table has this id.")
    if table == "taxonomy_term":
        detail = whole.get("taxonomy", {}).get(str(each.row.get("taxonomy_id")))
        own |= {} if detail is None else {"taxonomy_detail": detail}
    return bound or table in WHOLE or table.startswith("taxonom")


def _bind_freely(table: str, each: Placed, own: Row, whole: dict[str, dict[str, Row]]) -> bool:
    """These belong to a row of any table."""
    wanted = each.row["link_id" if table == "attribute" else "resource_id"]
    parents = [known[wanted] for known in whole.values() if wanted in known]
    for parent in parents:
        parent.setdefault(LISTS[table], []).append(own)
    term = whole.get("taxonomy_term", {}).get(str(each.row.get("taxonomy_term_id")))
    own |= {} if term is None else {"taxonomy_term": term}
    return bool(parents)
