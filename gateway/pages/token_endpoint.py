"""The token endpoint for partners' systems: client credentials with `private_key_jwt` (RFC 6749
4.4, RFC 7523 2.2, OpenID Connect Core 9).

Partners verifies the assertion: it has the keys, and remembers the assertions that were used.
"""

from collections import Counter
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from gateway.authentication.own_tokens import LIFETIME_SECONDS, TOKEN_PATH
from gateway.state import Gateway, Here
from shared.core.refusals import Malformed, NotFound, Refusal, Unauthenticated, Unavailable
from shared.formats.jwts import TOKEN_BYTES
from shared.http.answers import note_code
from shared.security.principal import NOBODY, THE_GATEWAY

router = APIRouter(tags=["oauth"])
FORM = "application/x-www-form-urlencoded"
FORM_BYTES = TOKEN_BYTES + 2048
FIELDS_MOST = 12
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
NEVER_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class TokenAnswer(BaseModel):
    """RFC 6749, 5.1. `expires_in`: seconds."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 (the name of a scheme)
    expires_in: int = LIFETIME_SECONDS


class KnownClient(BaseModel):
    """The answer of partners: the client that made the assertion, and the key that signed it."""

    client_id: UUID
    key_id: UUID


class OAuthRefusal(Exception):
    """RFC 6749, 5.2: the one form of refusal that OAuth clients understand."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status

    def answer(self, headers: dict[str, str] | None = None) -> Response:
        body = {"error": self.error, "error_description": self.description}
        return JSONResponse(body, self.status, NEVER_KEPT | (headers or {}))


@router.post(
    TOKEN_PATH,
    response_model=TokenAnswer,
    responses={400: {"description": "`error`, `error_description` (RFC 6749, 5.2)"}},
    openapi_extra={
        "security": [],
        "requestBody": {
            "required": True,
            "content": {
                FORM: {
                    "schema": {
                        "type": "object",
                        "required": ["grant_type", "client_assertion_type", "client_assertion"],
                        "properties": {
                            "grant_type": {"const": "client_credentials"},
                            "client_assertion_type": {"const": ASSERTION_TYPE},
                            "client_assertion": {"type": "string"},
                        },
                    }
                }
            },
        },
    },
)
async def issue_token(request: Request, gateway: Here) -> Response:
    """Exchange a signed assertion for an access token of ten minutes, for a partner's system."""
    try:
        await gateway.rates.count(request, NOBODY)
        known = await _client(gateway, _form(request, await _body(request)))
    except OAuthRefusal as refusal:
        note_code(request, refusal.error)
        return refusal.answer()
    except Unavailable:
        away = OAuthRefusal("temporarily_unavailable", "Try again in a moment.", 503)
        note_code(request, away.error)
        return away.answer({"Retry-After": "1"})
    made = TokenAnswer(access_token=gateway.own_tokens.token(known.client_id, known.key_id))
    return JSONResponse(made.model_dump(), headers=NEVER_KEPT)


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_BYTES:
            raise OAuthRefusal("invalid_request", "The form is too long.")
    return body


def _form(request: Request, body: bytes) -> dict[str, str]:
    """The assertion and the other parameters. No parameter may repeat (RFC 6749, 3.2), and a client
    authenticates in one way only (2.3)."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise OAuthRefusal("invalid_request", f"The body must be {FORM}.")
    if "authorization" in request.headers:
        raise OAuthRefusal("invalid_request", "A client must authenticate by its assertion alone.")
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, strict_parsing=True, encoding="utf-8",
            errors="strict", max_num_fields=FIELDS_MOST,
        )  # fmt: skip
    except ValueError as error:
        raise OAuthRefusal("invalid_request", "The form cannot be read.") from error
    if max(Counter(name for name, _ in pairs).values(), default=0) > 1:
        raise OAuthRefusal("invalid_request", "A parameter is repeated.")
    form = dict(pairs)
    _ensure_whole(form)
    return form


def _ensure_whole(form: dict[str, str]) -> None:
    if "grant_type" not in form:
        raise OAuthRefusal("invalid_request", "grant_type is missing.")
    if form["grant_type"] != "client_credentials":
        raise OAuthRefusal("unsupported_grant_type", "grant_type must be client_credentials.")
    if form.get("scope"):
        raise OAuthRefusal(
            "invalid_scope", "There are no scopes; agreements decide what is shared."
        )
    if "client_secret" in form or "client_assertion_type" not in form:
        raise OAuthRefusal("invalid_client", "A client must authenticate with private_key_jwt.")
    if form["client_assertion_type"] != ASSERTION_TYPE or not form.get("client_assertion"):
        raise OAuthRefusal("invalid_client", f"client_assertion_type must be {ASSERTION_TYPE}.")


async def _client(gateway: Gateway, form: dict[str, str]) -> KnownClient:
    """The client of an assertion. The refusal is the same for every fault."""
    refused = OAuthRefusal("invalid_client", "The client or its assertion is not valid here.")
    asked: dict[str, Any] = {
        "assertion": form["client_assertion"],
        "audiences": [gateway.own_tokens.issuer, gateway.own_tokens.token_url],
    }
    try:
        reply = await gateway.upstream.post("partners", "/internal/assertions", THE_GATEWAY, asked)
        if not reply.good:
            raise reply.refusal("partners")
    except Unavailable:
        raise
    except Refusal as error:
        if error.status in {Malformed.status, NotFound.status, Unauthenticated.status}:
            raise refused from error
        raise
    known = KnownClient.model_validate(reply.json())
    if form.get("client_id", str(known.client_id)) != str(known.client_id):
        raise refused
    return known
