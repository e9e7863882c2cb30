"""The pairs of records that protect each other, and names as they are compared, in SQL."""

from shared.contracts.students.possible_duplicate import DuplicateReason, DuplicateStatus

MARKS = "[\u0300-\u036f\u200b-\u200f\\s'\u2018\u2019\u02bc`.,\u2010-\u2015-]"
LETTERS = ("ØøŁłĐđ", "OoLlDd")
"""Letters with a stroke, which Unicode does not take apart."""


def protecting(pair: str) -> str:
    """The SQL of the condition that each record of a pair protects the child of the other. `pair`: the
    name of the pair's table."""
    undecided = (
        f"{pair}.status = '{DuplicateStatus.OPEN}'"
        f" and {pair}.reason <> '{DuplicateReason.STATE_IDENTIFIER_SHARED}'"
    )
    return f"({pair}.status = '{DuplicateStatus.SAME}' or {undecided})"


def folded(name: str) -> str:
    """The SQL of a name without accents, spaces, hyphens, apostrophes and capitals. `name`: the SQL
    of a text."""
    plain = f"translate({name}, '{LETTERS[0]}', '{LETTERS[1]}')"
    return f"lower(regexp_replace(normalize({plain}, NFKD), {_quoted(MARKS)}, '', 'g'))"


def _quoted(pattern: str) -> str:
    return "'" + pattern.replace("'", "''") + "'"
