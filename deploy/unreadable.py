"""What is no HTTP that can be read, or an address of more than 64 KiB, never reaches an app; the
server refuses it as an app would."""

from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.core.refusals import BadRequest
from shared.http.answers import MEDIA_TYPE

REFUSED = (
    BadRequest(
        "request-unreadable", "This is no HTTP, or its address is of more than 64 KiB."
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
    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 (uvicorn's words)
        self.transport.write(ANSWER)
        self.transport.close()
