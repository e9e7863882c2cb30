"""Reads the header of a table: names in other capitals, and columns that nobody reads.

Both are accepted with a remark. A column that is missing or stands twice is for the importer to
judge, since it knows which ones it needs.
"""

from collections.abc import Collection, Sequence

from shared.imports.codes import Code
from shared.imports.findings import NAME_CHARACTERS, Findings, Place


def respelled(
    header: Sequence[str], known: Collection[str], place: Place, findings: Findings
) -> list[str]:
    """The header with each known name as it is spelled, whatever its capitals and the spaces around
    it; other names as they are. `place`: of the header."""
    spellings = {name.casefold(): name for name in known}
    names = []
    for given in header:
        name = given if given in known else spellings.get(given.strip().casefold(), given)
        if name != given:
            reason = f"It is read as {name}."
            findings.remark(place.at(given[:NAME_CHARACTERS]), Code.HEADER_SPELLING, reason)
        names.append(name)
    return names


def read_columns(
    names: Sequence[str], known: Collection[str], place: Place, findings: Findings
) -> list[int]:
    """The places of the known columns; of each other one a remark says that it is passed over."""
    for number, name in enumerate(names, 1):
        if name.strip() and name not in known:
            findings.remark(place.at(name[:NAME_CHARACTERS]), Code.FIELD_PASSED_OVER)
        elif name not in known:
            findings.remark(place, Code.FIELD_PASSED_OVER, f"Column {number} has no name.")
    return [number for number, name in enumerate(names) if name in known]


def only(columns: Sequence[int], rows: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    """Of each row the cells of these columns."""
    if not rows or len(columns) == len(rows[0]):
        return rows
    return [[row[number] for number in columns] for row in rows]
