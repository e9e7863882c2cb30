"""Puts docs/proof.md together from proof/*.json: no figure in it is written by hand."""

from collections.abc import Iterable
from typing import Any

from tests.access import page as access
from tests.bench import page as bench
from tests.containers import page as containers
from tests.faults import page as faults
from tests.fuzz import page as fuzz
from tests.operating import page as operating
from tests.proof.not_yet import NOT_YET
from tests.proof.shape import ROOT, Promise, Section, read
from tests.proof.words import table

PAGE = ROOT / "docs" / "proof.md"
PAGES = (access, faults, fuzz, bench, containers, operating)
"""Of each package that measures, in the order of the page."""
ABOUT = ("access", "faults", "bad input", "load and cost", "running it")
HEAD = """# What is promised, and what was measured

This page is written by `python -m tests.proof` from the files in [`proof/`](../proof); a test holds
that it is what they say. Each section names the command that measures it anew.
"""


def write_page() -> None:
    PAGE.write_text(page())


def page() -> str:
    sections = [_section(each) for one in PAGES for each in one.SECTIONS]
    return "\n".join([HEAD, _summary(), *sections, _not_measured()])


def _summary() -> str:
    rows = [_row(each) for one in PAGES for each in one.PROMISES]
    rows += [(each.about, each.words, each.aim, "", "not measured") for each in NOT_YET]
    rows.sort(key=lambda row: ABOUT.index(row[0]))
    return table(("", "promise", "aim", "measured", ""), rows) + "\n"


def _row(promise: Promise) -> tuple[str, ...]:
    of = read(promise.part)
    found = promise.look(of) if of is not None and "skipped" not in of else None
    figure, held = found or ("", None)
    verdict = {True: "held", False: "**missed**", None: "not measured"}[held]
    return promise.about, promise.words, promise.aim, figure, verdict


def _section(section: Section) -> str:
    of = read(section.part)
    if of is None or "skipped" in of:
        why = f": {of['skipped']}" if of else ""
        told = f"Not measured{why}. `{section.command}` says here {section.says}.\n"
    else:
        told = section.tell(of)
    return f"## {section.title}\n\n{told}"


def _not_measured() -> str:
    lines = [f"- {line}" for one in PAGES for line in one.NOT_MEASURED]
    for one in PAGES:
        for section in one.SECTIONS:
            lines += [f"- {where}: {why}" for where, why in _skipped(read(section.part), "")]
    return "\n".join(["## Not measured either\n", *lines]) + "\n"


def _skipped(of: Any, where: str) -> Iterable[tuple[str, str]]:
    """What a run that was made left out."""
    if isinstance(of, dict):
        if "skipped" in of and where:
            yield where, of["skipped"]
        for name, each in of.items():
            yield from _skipped(each, name)
