"""Pages for people: a start page, and every event in readable form. No scripts, no fonts, no
requests to anywhere."""

import html
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.documents.openapi import event_kinds

router = APIRouter(include_in_schema=False)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}
STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}
table{border-collapse:collapse;margin:.5rem 0 1.5rem}td,th{padding:.2rem .8rem .2rem 0;
text-align:left;vertical-align:top}code{background:#f2f2f2;padding:.1rem .3rem}
h2{margin-top:2.5rem;border-bottom:1px solid #ddd}h3{margin-bottom:.2rem}
@media(prefers-color-scheme:dark){body{background:#151515;color:#ddd}code{background:#2a2a2a}
a{color:#8cf}}
"""


@router.get("/")
async def begin() -> HTMLResponse:
    """The start page."""
    return page(
        "Education Partnership Platform",
        """<p>One address for everything: partners, students, resources and outcomes.</p><ul>
<li><a href="/openapi.json">/openapi.json</a>: every route (OpenAPI 3.1)</li>
<li><a href="/events">/events</a>: every event, readable;
 <a href="/asyncapi.json">/asyncapi.json</a>: the same for programs (AsyncAPI 3);
 <a href="/asyncapi-partners.json">/asyncapi-partners.json</a>: the events for partners' systems</li>
<li><a href="/v1/views/community">/v1/views/community</a>: the public page's data</li>
<li><a href="/ready">/ready</a>: which services answer</li></ul>
<p>Everything else wants an access token: <code>Authorization: Bearer …</code></p>""",
    )


@router.get("/invitation")
async def invitation() -> HTMLResponse:
    """The page of an invitation's link, unless INVITATION_URL names a client of the platform. The
    secret is behind the #, which no browser sends."""
    return page(
        "You are invited",
        """<p>Somebody has invited you to the education partnership. Open this link in the
application your partnership uses, or give the part behind the # to it, and sign in. The link works
once, and only until the day it ends; if it does not work any more, ask for another.</p>""",
    )


@router.get("/events")
async def events() -> HTMLResponse:
    """Every event: its meaning and its fields."""
    sections = []
    service = ""
    for kind, event in event_kinds().items():
        if kind.partition(".")[0] != service:
            service = kind.partition(".")[0]
            sections.append(f"<h2>{html.escape(service)}</h2>")
        fields = "".join(
            f"<tr><td><code>{html.escape(name)}</code></td><td>{_type(schema)}</td></tr>"
            for name, schema in event.model_json_schema().get("properties", {}).items()
        )
        sections.append(
            f'<h3 id="{html.escape(kind)}"><code>{html.escape(kind)}</code></h3>'
            f"<p>{html.escape(event.__doc__ or '')}</p><table>{fields}</table>"
        )
    intro = """<p>CloudEvents 1.0 in structured JSON, at least once, in order per aggregate
(<code>subject</code>, <code>aggregateversion</code>). Within a version fields are only added.
For programs: <a href="/asyncapi.json">/asyncapi.json</a>. Partners' systems receive
<code>students.sharing.…</code> and nothing else, each in a stream of its own:
<a href="/asyncapi-partners.json">/asyncapi-partners.json</a> has its subjects, headers and
attributes.</p>"""
    return page("Events", intro + "".join(sections))


def _type(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "$ref" in schema:
        return html.escape(schema["$ref"].rpartition("/")[2])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return html.escape(schema.get("format") or schema.get("type", "any"))


def page(title: str, body: str) -> HTMLResponse:
    made = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
        f"<h1>{title}</h1>{body}</html>"
    )
    return HTMLResponse(made, headers=HEADERS)
