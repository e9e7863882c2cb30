"""The documents for discovery by clients: the issuers for people, and the token endpoint for
partners' systems (RFC 9728, RFC 8414)."""

from typing import Any

from fastapi import APIRouter, Response
from starlette.datastructures import MutableHeaders

from gateway.authentication.own_tokens import KEYS_PATH
from gateway.state import Here
from shared.core.settings import Settings
from shared.formats.jwts import EVERY_ALGORITHM

router = APIRouter(include_in_schema=False)
RESOURCE_PATH = "/.well-known/oauth-protected-resource"
SERVER_PATH = "/.well-known/oauth-authorization-server"
KEPT = "public, max-age=300"


@router.get(RESOURCE_PATH)
async def protected_resource(gateway: Here, response: Response) -> dict[str, Any]:
    """RFC 9728. `audience` is the value that an access token must have in `aud`. Issuers differ in
    how a client asks for it: by `resource` (RFC 8707), or by a setting of their own. `issuers` are
    those for people, with the domains of their e-mail: the client itself finds the issuer for an
    address, so that no address comes here."""
    known = gateway.settings
    issuers = known.issuers()
    response.headers["Cache-Control"] = KEPT
    return {
        "resource": known.public_url,
        "resource_name": "Education Partnership Platform",
        "authorization_servers": [*issuers, known.public_url],
        "issuers": [{"issuer": name, "domains": domains} for name, domains in issuers.items()],
        "audience": known.accepted_audiences()[0],
        "bearer_methods_supported": ["header"],
        "resource_documentation": f"{known.public_url}/openapi.json",
    }


@router.get(SERVER_PATH)
async def authorization_server(gateway: Here, response: Response) -> dict[str, Any]:
    """RFC 8414, for partners' systems only; people sign in at the issuer."""
    response.headers["Cache-Control"] = KEPT
    return {
        "issuer": gateway.own_tokens.issuer,
        "token_endpoint": gateway.own_tokens.token_url,
        "jwks_uri": f"{gateway.settings.public_url}{KEYS_PATH}",
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": EVERY_ALGORITHM,
    }


@router.get(KEYS_PATH)
async def keys(gateway: Here, response: Response) -> dict[str, Any]:
    """The public keys that verify the access tokens of partners' systems."""
    response.headers["Cache-Control"] = KEPT
    return gateway.own_tokens.public_keys()


def challenge(response: Response, settings: Settings) -> Response:
    """Adds to a 401 the address that says how to sign in (RFC 9728, 5.1)."""
    headers = MutableHeaders(raw=response.raw_headers)
    said = headers.get("www-authenticate", "Bearer")
    where = f'resource_metadata="{settings.public_url}{RESOURCE_PATH}"'
    headers["www-authenticate"] = f"{said}{',' if '=' in said else ''} {where}"
    return response
