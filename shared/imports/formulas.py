"""Which cells a spreadsheet would compute or run, if they were opened in one again.

A cell that begins with `=`, `@`, a tab or a line break is none that a register or a directory needs.
A plus or a hyphen begins telephone numbers, negative numbers, lists in prose and the lone hyphen that
stands for "no name": of those only a cell is refused that calls a function, refers to another sheet
or file, or starts a program (dynamic data exchange). Sources: OWASP, CSV injection; OpenFormula 1.2.
"""

import re
from collections.abc import Iterable

SIGNS = "+-\uff0b\uff0d"  # also as wide as an ideograph
BEGINNINGS = frozenset("=@\t\r\n\uff1d\uff20" + SIGNS)
NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
RUNS = re.compile(r"[^\W\d][\w.]*\s*\(|\||![$'\w]|'#")


def is_formula(cell: str) -> bool:
    begin = cell[:1]
    return begin in BEGINNINGS and (begin not in SIGNS or RUNS.search(cell) is not None)


def formulas(cells: Iterable[str]) -> set[str]:
    return {cell for cell in cells if cell[:1] in BEGINNINGS and is_formula(cell)}


def escaped(cell: str) -> str:
    """The cell as a table that goes out has it: a spreadsheet shows one that begins as a formula,
    and computes nothing. A number stays one."""
    return f"'{cell}" if cell[:1] in BEGINNINGS and not NUMBER.fullmatch(cell) else cell
