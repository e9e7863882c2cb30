"""Whether a key has ended, wherever it was registered. A client's key and a stream's key are written
otherwise, and may be one and the same Ed25519 key."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from joserfc.jwk import OKPKey
from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.identity.clients.records import client, client_key
from services.partners.streams.streams.records import stream, stream_key
from shared.contracts.partners.client import ClientStatus, PublicKey
from shared.contracts.partners.stream import StreamStatus
from shared.formats.nkeys import Kind, public_bytes, public_text


async def client_key_ended(session: AsyncSession, jwk: PublicKey, thumbprint: str) -> bool:
    """`thumbprint`: the key's, by RFC 7638."""
    if jwk.kty != "OKP" or jwk.x is None:
        return await _ended(session, thumbprint, None)
    raw = urlsafe_b64decode(jwk.x + "=" * (-len(jwk.x) % 4))
    return await _ended(session, thumbprint, public_text(Kind.USER, raw))


async def stream_key_ended(session: AsyncSession, user_public_key: str) -> bool:
    x = urlsafe_b64encode(public_bytes(user_public_key)).rstrip(b"=").decode()
    key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": x})
    return await _ended(session, key.thumbprint(), user_public_key)


async def _ended(session: AsyncSession, thumbprint: str, user_public_key: str | None) -> bool:
    """With its client or its stream every key of it has ended."""
    of_client = exists().where(
        client_key.client_id == client.id,
        client_key.thumbprint == thumbprint,
        or_(client_key.ended_at.is_not(None), client.status == ClientStatus.REVOKED),
    )
    of_stream = exists().where(
        stream_key.stream_id == stream.id,
        stream_key.user_public_key == user_public_key,
        or_(
            stream_key.revoked_at.is_not(None),
            stream_key.generation < stream.generation,
            stream.status == StreamStatus.CLOSED,
        ),
    )
    return bool(await session.scalar(select(or_(of_client, of_stream))))
