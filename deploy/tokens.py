"""Access tokens of the development issuer, which stand for a person's sign-in.

The gateway takes them only where ENVIRONMENT=local and DEVELOPMENT_ISSUER_KEY is set; a production
setting refuses that key. `python -m deploy.tokens SUBJECT` prints one.
"""

import sys
import time
from uuid import uuid4

import orjson
from joserfc import jws
from joserfc.jwk import OKPKey

from shared.core.settings import from_environment
from shared.security.tokens import ALGORITHM, ALGORITHMS

LIFETIME_SECONDS = 30 * 86_400
DEVELOPMENT = "/dev"


def issuer_of(public_url: str) -> str:
    """The development issuer's address."""
    return public_url + DEVELOPMENT


def mint(private_key: str, issuer: str, subject: str) -> str:
    """An RFC 9068 access token for `subject`. `private_key`: an Ed25519 JWK as JSON."""
    key = OKPKey.import_key(orjson.loads(private_key))
    now = int(time.time())
    claims = {
        "iss": issuer,
        "sub": subject,
        "aud": issuer.removesuffix(DEVELOPMENT),
        "iat": now,
        "exp": now + LIFETIME_SECONDS,
        "jti": str(uuid4()),
    }
    header = {"alg": ALGORITHM, "typ": "at+jwt", "kid": key.kid or key.thumbprint()}
    return jws.serialize_compact(header, orjson.dumps(claims), key, algorithms=ALGORITHMS)


if __name__ == "__main__":
    known = from_environment()
    secret = known.development_issuer_key.get_secret_value()
    if not secret or len(sys.argv) != 2:  # noqa: PLR2004
        sys.exit("Set DEVELOPMENT_ISSUER_KEY and ENVIRONMENT=local, and name a subject.")
    print(mint(secret, issuer_of(known.public_url), sys.argv[1]))
