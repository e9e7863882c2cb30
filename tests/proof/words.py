"""How figures are written in docs/proof.md."""

from collections.abc import Iterable
from typing import Any

from tests.proof.shape import Figures


def table(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    names = list(head)
    lines = [names, ["---"] * len(names), *(list(map(str, row)) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def source(of: Figures) -> str:
    """The last line of a section: command, seed, date, duration, machine."""
    on = of["machine"]
    seed = "" if of["seed"] is None else f" seed {of['seed']},"
    return (
        f"*`{of['command']}`,{seed} {of['date']}, {of['seconds']} s; {on['cores']} cores"
        f" ({on['processor']}), {on['memory_gib']} GiB, {on['system']}, Python {on['python']},"
        f" {on['broker']}; load of the machine before: {on['load_before']}.*"
    )


def counts(found: dict[str, Any]) -> str:
    return ", ".join(f"{name} {count}" for name, count in found.items())


def facts(found: dict[str, Any]) -> str:
    return "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in found.items())


def spread(found: dict[str, float]) -> str:
    return f"{found['p50']} s (half), {found['p99']} s (99 of 100), {found['longest']} s (longest)"
