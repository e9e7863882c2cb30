"""The pairs of records that protect each other, and names as they are compared, in SQL."""

from shared.contracts.students.possible_duplicate import DuplicateReason, DuplicateStatus


def protecting(pair: str) -> str:
    """The SQL of the condition that each record of a pair protects the child of the other. `pair`: the
    name of the pair's table."""
    undecided = (
        f"{pair}.status = '{DuplicateStatus.OPEN}'"
        f" and {pair}.reason <> '{DuplicateReason.STATE_IDENTIFIER_SHARED}'"
    )
    return f"({pair}.status = '{DuplicateStatus.SAME}' or {undecided})"


def folded(name: str) -> str:
    """The SQL of a name without accents, spaces, hyphens, apostrophes and capitals
    (shared/persistence/folding.py). `name`: the SQL of a text."""
    return f"replace(folded({name}), ' ', '')"
