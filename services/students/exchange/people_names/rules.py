"""Names as registers write them: a person may have one, and what is no name says that there is none.

OneRoster wants a given and a family name. Registers leave one of them empty for a person who has one
name, or fill it with a hyphen or a dot. Both are taken, with a remark: the one name stands as the
given name, and nothing is made up beside it.
"""

from collections.abc import Sequence

from shared.formats.texts import is_name
from shared.imports.codes import Code
from shared.imports.findings import Findings, Place

GIVEN, FAMILY = "givenName", "familyName"
NAMES = (
    GIVEN, FAMILY, "middleName", "preferredGivenName", "preferredMiddleName", "preferredFamilyName",
)  # fmt: skip
MISSING = "a name is required; somebody with one name has it here"

Columns = list[tuple[str, ...]]


def taken(
    header: Sequence[str], columns: Columns, lines: Sequence[int], file: str, findings: Findings
) -> Columns:
    """The columns of a chunk, with each person's one name as the given name and without cells that
    are no names. Finds fault with a person without any name."""
    if GIVEN not in header:
        return columns
    places = [header.index(name) for name in NAMES if name in header]
    cells = {cell for place in places for cell in set(columns[place])}
    no_names = {cell for cell in cells if not is_name(cell)}
    kept = list(columns)
    for place in places:
        if not no_names.isdisjoint(columns[place]):
            kept[place] = tuple("" if cell in no_names else cell for cell in columns[place])
    given, family = header.index(GIVEN), header.index(FAMILY)
    if "" in kept[given] or "" in kept[family]:
        named = zip(kept[given], kept[family], lines, strict=True)
        pairs = [_one_name(*each, file, findings) for each in named]
        kept[given], kept[family] = (tuple(names) for names in zip(*pairs, strict=True))
    return kept


def _one_name(
    given: str, family: str, line: int, file: str, findings: Findings
) -> tuple[str, str]:
    if given and family:
        return given, family
    if given or family:
        findings.remark(Place(file, line, GIVEN if family else FAMILY), Code.ONE_NAME)
    else:
        findings.add(Place(file, line, GIVEN), Code.VALUE_MISSING, MISSING)
    return given or family, ""
