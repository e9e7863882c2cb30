"""Refuses a request that is not readable HTTP, or whose address is longer than 64 KiB. Such a
request never reaches an app, so the server answers it, with the problem document that an app would
send."""

from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.core.refusals import BadRequest
from shared.http.answers import MEDIA_TYPE

REFUSED = (
    BadRequest(
        "request-unreadable", "This is not readable HTTP, or its address is longer than 64 KiB."
    )
    .problem()
    .model_dump_json(exclude_defaults=True)
    .encode()
)  # fmt: skip
ANSWER = (
    f"HTTP/1.1 400 {HTTPStatus.BAD_REQUEST.phrase}\r\ncontent-type: {MEDIA_TYPE}\r\n"
    f"content-length: {len(REFUSED)}\r\nconnection: close\r\n\r\n"
).encode() + REFUSED


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol, with a problem document for its 400."""

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 (uvicorn's words)
        self.transport.write(ANSWER)
        self.transport.close()
