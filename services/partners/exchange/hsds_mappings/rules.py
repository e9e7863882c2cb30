"""What must hold for a mapping: it names tables and fields of HSDS, all that a table needs, and no
value that the import would refuse."""

from collections.abc import Iterator

from services.partners.exchange.csv_tables.rules import from_cells
from services.partners.exchange.file_validation.rules import fault_of
from services.partners.exchange.hsds_schema.rules import FILES, OWNED, Field, layout
from services.partners.exchange.mapped_tables.rules import IDENTIFIED, parted, table_of
from shared.contracts.import_mapping import FieldSource, TableSource
from shared.contracts.partners.hsds_mapping import HsdsMappingStatus
from shared.core.refusals import FAULTS_SHOWN, Conflict, Fault, Malformed

WORD_SHOWN = 60


def ensure_active(status: str) -> None:
    if status != HsdsMappingStatus.ACTIVE:
        raise Conflict("hsds-mapping-retired", "The mapping is retired.")


def ensure_free(*, is_named: bool) -> None:
    if is_named:
        raise Conflict("hsds-mapping-named", "The partner already has a mapping of this name.")


def ensure_sound(tables: list[TableSource]) -> None:
    """Raises `Malformed("hsds-mapping-unsound")`, which names each field at fault."""
    faults = [
        fault
        for number, each in enumerate(tables)
        for fault in _faults(each, f"body.tables.{number}")
    ]
    if faults:
        raise Malformed(
            "hsds-mapping-unsound", "The mapping does not result in tables of HSDS.",
            faults[:FAULTS_SHOWN],
        )  # fmt: skip


def _faults(source: TableSource, place: str) -> Iterator[Fault]:
    if f"{source.table}.csv" not in FILES:
        there = ", ".join(sorted(file.removesuffix(".csv") for file in FILES))
        yield Fault(field=f"{place}.table", code="table-unknown", reason=f"HSDS has {there}.")
        return
    table = table_of(source)
    known = layout(table).fields
    for name, each in source.fields.items():
        at = f"{place}.fields.{name}"
        if name in known:
            yield from _value_faults(table, known[name], each, at)
        else:
            reason = f"{source.table} has {', '.join(known)}."
            yield Fault(field=at, code="field-unknown", reason=reason)
    for name in _lacking(table, source):
        yield Fault(field=f"{place}.fields.{name}", code="missing", reason="Each row needs this.")
    if source.fields.keys() <= known.keys() and len(parted(source)) > 1:
        reason = "Only one field of a table gives several rows."
        yield Fault(field=f"{place}.fields", code="separators", reason=reason)


def _lacking(table: str, source: TableSource) -> list[str]:
    """`id` may be left out of all but organizations, services and locations: the import then makes
    one of what the row says."""
    needed = [
        each.name for each in layout(table).fields.values()
        if each.filled and (each.name != "id" or table in IDENTIFIED)
    ]  # fmt: skip
    return [name for name in [*needed, *OWNED.get(table, [])] if name not in source.fields]


def _value_faults(table: str, field: Field, source: FieldSource, place: str) -> Iterator[Fault]:
    """Of the values that the mapping itself names."""
    named = {place: source.constant} if source.constant is not None else {}
    named |= {f"{place}.values.{word[:WORD_SHOWN]}": ours for word, ours in source.values.items()}
    for at, value in named.items():
        read = from_cells(table, {field.name: value})[field.name]
        blank = read is None or read == ""
        code = None if blank else fault_of(field, read)
        if blank and field.filled:
            yield Fault(field=at, code="missing", reason="A value is needed here.")
        elif code is not None:
            yield Fault(field=at, code=code.value, reason=code.meaning)
