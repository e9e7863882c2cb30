"""A child's whole record as a page in plain words: no scripts, nothing from elsewhere, printable.

Everything shown was said by somebody, so all of it is escaped.
"""

from collections.abc import Mapping
from html import escape
from typing import Any

from fastapi.responses import HTMLResponse

from gateway.pages import page

PRINT = (
    "<style>@media print{body{max-width:none;font-size:11px}h2{page-break-after:avoid}}</style>"
)
HIDDEN = {"access"}  # the rules that let the reader have each part
MISSING = "<p>Missing; see above.</p>"
NOTHING = "<p>Nothing is recorded.</p>"
WORDS = {
    "id": "number here", "at": "when", "role": "who, by role", "basis": "lawful reason",
    "organization_name": "organization", "organization_id": "organization's number here",
    "outcome": "what happened", "channel": "how", "held_on": "day", "sms": "text messages",
    "what": "what was asked", "why": "why it was asked", "asked_by": "asked by (number here)",
    "of_record": "part of the school record", "since": "in this stage since",
    "opened": "times opened", "may_pick_up": "may pick the child up", "as_of": "counted up to",
}  # fmt: skip

SECTIONS = (
    ("Who the child is", "Name, school, classes, numbers in registers, the family's statements.",
     "student"),
    ("Contacts", "The adults around the child, and what each may.",
     "contacts"),
    ("Programs", "The programs the child is in, was in, or waits for.",
     "engagements"),
    ("Steps in programs", "Each change: applied, enrolled, active, ended, and why.",
     "engagement_steps"),
    ("Sessions of programs", "Each meeting, and whether the child came.",
     "session_marks"),
    ("Support received", "Minutes intended and received, per program.",
     "dosage"),
    ("School attendance by year", "Days in school and days missed.",
     "attendance"),
    ("School attendance by day", "Each day as the school marked it.",
     "attendance_days"),
    ("Notes", "What those who support the child wrote, as far as it is of the record.",
     "notes"),
    ("Learning resources", "What the child was given, finished and used.",
     "library"),
    ("Measures", "What is calculated of attendance and support.", "measures"),
    ("Consents", "What the family allowed, refused and took back.",
     "consents"),
    ("Consents asked for", "What the family was asked, and whether it has answered.",
     "consent_requests"),
    ("Who saw what", "Each time something was shown to somebody, and each time it was refused.",
     "disclosures"),
    ("Emergencies", "When somebody opened the record in an emergency, and why.",
     "emergencies"),
    ("Amendments", "What the family asked to have put right, and what became of it.",
     "amendments"),
)  # fmt: skip


def export_page(view: Mapping[str, Any]) -> HTMLResponse:
    made_at = escape(str(view["made_at"]))
    intro = f"<p>Everything this platform held of the child on {made_at}.</p>{_missing(view)}"
    sections = [
        f"<h2>{escape(title)}</h2><p>{escape(words)}</p>{_shown(view[part])}"
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


def _shown(value: Any) -> str:
    if value is None:
        return MISSING
    if value in ([], {}):
        return NOTHING
    if isinstance(value, list):
        return _table(value)
    return _fields(value)


def _fields(one: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><th>{_label(name)}</th><td>{_cell(value)}</td></tr>"
        for name, value in one.items()
        if value not in (None, []) and name not in HIDDEN
    )
    return f"<table>{rows}</table>"


def _table(many: list[Any]) -> str:
    """Columns that say something in some row."""
    if not isinstance(many[0], dict):
        return escape(", ".join(map(str, many)))
    names = [name for name in many[0] if any(row.get(name) not in (None, []) for row in many)]
    head = "".join(f"<th>{_label(name)}</th>" for name in names)
    rows = "".join(
        f"<tr>{''.join(f'<td>{_cell(row.get(name))}</td>' for name in names)}</tr>" for row in many
    )
    return f"<table><tr>{head}</tr>{rows}</table>"


def _cell(value: Any) -> str:
    match value:
        case None | []:
            return ""
        case bool():
            return "yes" if value else "no"
        case dict():
            return _fields(value)
        case list():
            return _table(value)
        case _:
            return escape(str(value))


def _label(name: str) -> str:
    plain = WORDS.get(name, name.replace("_", " "))
    return escape(plain[:1].upper() + plain[1:])
