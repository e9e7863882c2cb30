"""A child's whole record as a page in plain words: no scripts, no outside requests, printable.

Every value was entered by a person, so every value is escaped.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape
from typing import Any

from fastapi.responses import HTMLResponse

from gateway.pages.start import page
from gateway.views.export_sections import SECTIONS
from shared.contracts.words import ENGLISH
from shared.core.days import local

PRINT = (
    "<style>@media print{body{max-width:none;font-size:11px}h2{page-break-after:avoid}}</style>"
)
CODED = {"category": "category", "categories": "category", "purpose": "purpose", "basis": "basis"}
# The rules that give the reader access, and values that repeat in every row of one child.
HIDDEN = {"access", "student_id", "version"}
SHARES = {"rate", "share"}
VALUE = re.compile(r"[a-z]+(_[a-z]+)+")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
NAMED = (
    ("school_id", "school_name"), ("program_id", "program_name"), ("partner_id", "partner_name"),
    ("organization_id", "organization_name"), ("class_id", "title"), ("resource_id", "title"),
)  # fmt: skip
REPLACED = (("rate", "attendance_rate"), ("share", "delivered_share"))
MISSING = "<p>Missing; see above.</p>"
NOTHING = "<p>Nothing is recorded.</p>"
WORDS = {
    "id": "number here", "at": "when", "role": "who, by role", "basis": "lawful reason",
    "organization_name": "organization",
    "outcome": "what happened", "channel": "how", "held_on": "day", "sms": "text messages",
    "what": "what was asked", "why": "why it was asked", "asked_by": "asked by (number here)",
    "of_record": "part of the school record", "since": "in this stage since",
    "opened": "times opened", "may_pick_up": "may pick the child up", "as_of": "counted up to",
}  # fmt: skip


def export_page(view: Mapping[str, Any]) -> HTMLResponse:
    known = dict(_names(view))
    child = view["student"] or {}
    whose = _person(child) or "the child"
    intro = (
        f"<p>Everything this platform held of <strong>{escape(whose)}</strong> on "
        f"{_plain(view['made_at'])}.</p>{_missing(view)}"
    )
    sections = [
        f"<h2>{escape(title)}</h2><p>{escape(words)}</p>{_shown(view[part], known)}"
        for title, words, part in SECTIONS
    ]
    return page("A child's record", PRINT + intro + "".join(sections))


def _missing(view: Mapping[str, Any]) -> str:
    if view["complete"]:
        return "<p>It is complete.</p>"
    down = [f"{part}: cannot be read at the moment; ask again" for part in view["unavailable"]]
    kept = [f"{part}: {clause}" for part, clause in view["withheld"].items()]
    lines = "".join(f"<li>{escape(line)}</li>" for line in down + kept)
    return f"<p><strong>It is not complete.</strong> Missing:</p><ul>{lines}</ul>"


def _person(one: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (one.get("given_name"), one.get("family_name"))))


def _names(value: Any) -> Iterator[tuple[str, str]]:
    """The name of each id, collected from the whole record."""
    if isinstance(value, list):
        for each in value:
            yield from _names(each)
    if isinstance(value, dict):
        if value.get("id") and (
            called := _person(value) or value.get("program_name") or value.get("name")
        ):
            yield value["id"], called
        for number, name in NAMED:
            if value.get(number) and value.get(name):
                yield value[number], value[name]
        for each in value.values():
            yield from _names(each)


def _columns(rows: list[dict[str, Any]]) -> list[str]:
    """The columns with a value in some row, without those that another column gives in words."""
    filled = {name for row in rows for name, value in row.items() if value not in (None, [])}
    said = {number for number, name in (*NAMED, *REPLACED) if name in filled}
    return [name for name in rows[0] if name in filled - said - HIDDEN]


def _shown(value: Any, known: Mapping[str, str]) -> str:
    if value is None:
        return MISSING
    if value in ([], {}):
        return NOTHING
    return _table(value, known) if isinstance(value, list) else _fields(value, known)


def _fields(one: dict[str, Any], known: Mapping[str, str]) -> str:
    rows = "".join(
        f"<tr><th>{_label(name)}</th><td>{_cell(name, one[name], known)}</td></tr>"
        for name in _columns([one])
    )
    return f"<table>{rows}</table>"


def _table(many: list[Any], known: Mapping[str, str]) -> str:
    if not isinstance(many[0], dict):
        return escape(", ".join(known.get(str(each), str(each)) for each in many))
    names = _columns(many)
    head = "".join(f"<th>{_label(name)}</th>" for name in names)
    rows = "".join(
        f"<tr>{''.join(f'<td>{_cell(name, row.get(name), known)}</td>' for name in names)}</tr>"
        for row in many
    )
    return f"<table><tr>{head}</tr>{rows}</table>"


def _cell(name: str, value: Any, known: Mapping[str, str]) -> str:
    if value and name in CODED:
        value = _worded(CODED[name], value)
    match value:
        case None | []:
            return ""
        case bool():
            return "yes" if value else "no"
        case float() if name in SHARES:
            return f"{value:.1%}"
        case {"unit": "percent", "value": str(percent)}:
            return escape(f"{percent}%")
        case dict() | list():
            return _shown(value, known)
        case _:
            return _plain(value if name == "id" else known.get(str(value), value))


def _worded(kind: str, value: Any) -> str:
    """Codes in plain words; a value without any, as its standard spells it."""
    codes = value if isinstance(value, list) else [value]
    return "; ".join(ENGLISH.get(f"{kind}.{each}", str(each)) for each in codes)


def _plain(value: Any) -> str:
    """A moment to the minute, a standard's value in words; everything else unchanged."""
    said = str(value)
    if VALUE.fullmatch(said):
        said = said.replace("_", " ")
    if MOMENT.fullmatch(said):
        said = _moment(said)
    return escape(said)


def _moment(said: str) -> str:
    try:
        return f"{local(datetime.fromisoformat(said)):%Y-%m-%d %H:%M %Z}"
    except ValueError:  # free text, not a moment
        return said


def _label(name: str) -> str:
    plain = WORDS.get(name, name.removesuffix("_id").replace("_", " "))
    return escape(plain[:1].upper() + plain[1:])
