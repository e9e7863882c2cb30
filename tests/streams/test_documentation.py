"""The page for partners is right: its program, as printed, receives the messages of the stream."""

import asyncio
import json
import os
import re
import shlex
import sys
from pathlib import Path

import nats

from tests.promised import promise
from tests.shared.conftest import until
from tests.streams.conftest import Streams

PAGE = Path(__file__).parents[2] / "docs" / "partner-streams.md"


@promise("Events", "The program on the partners' page works.")
async def test_the_program_on_the_page_receives_the_messages_of_the_partners_stream(
    streams: Streams, tmp_path: Path
) -> None:
    [program] = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    partner_id, system = await streams.opened()
    (tmp_path / "subscriber.py").write_text(program)
    credentials = tmp_path / "partner.creds"
    credentials.write_text(system.access["credentials"].replace("{seed}", system.seed))
    event = b'{"type": "students.thing.happened.v1", "subject": "7", "data": {"size": 3}}'
    await streams.tell(partner_id, event)
    running = await asyncio.create_subprocess_exec(
        sys.executable, str(tmp_path / "subscriber.py"), system.access["server"],
        system.access["consumer"], str(credentials),
        stdout=asyncio.subprocess.PIPE, env=dict(os.environ),
    )  # fmt: skip
    assert running.stdout is not None
    try:
        line = await asyncio.wait_for(running.stdout.readline(), 20)
    finally:
        running.kill()
        await running.communicate()
    assert line.decode().strip() == "students.thing.happened.v1 7 {'size': 3}"


async def test_a_key_pair_made_by_the_instructions_of_the_page_opens_the_stream(
    streams: Streams, tmp_path: Path
) -> None:
    [line] = re.findall(r"^ *(python -c .*)$", PAGE.read_text(), re.MULTILINE)
    made = await asyncio.create_subprocess_exec(
        sys.executable, *shlex.split(line)[1:], cwd=tmp_path, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await made.communicate()
    assert re.fullmatch(r"U[A-Z2-7]{55}", told.decode().strip())
    _, system = await streams.opened(seed=(tmp_path / "partner.seed").read_text())
    assert system.access["user_public_key"] == told.decode().strip()


async def test_the_plain_command_line_receives_the_messages_of_the_partners_stream(
    streams: Streams, tmp_path: Path
) -> None:
    """By the requests that `nats consumer next --count` makes: it looks at the consumer, then asks
    for one message at a time, and acknowledges it. The program itself is not run here."""
    partner_id, system = await streams.opened()
    credentials = tmp_path / "partner.creds"
    credentials.write_text(system.access["credentials"].replace("{seed}", system.seed))
    event = b'{"type": "students.thing.happened.v1", "subject": "7", "data": {"size": 3}}'
    await streams.tell(partner_id, event)
    broker = await nats.connect(system.access["server"], user_credentials=str(credentials))
    api, consumer = "PARTNER.API.CONSUMER", f"PARTNERS.{system.access['consumer']}"
    try:
        info = json.loads((await broker.request(f"{api}.INFO.{consumer}", timeout=5)).data)
        asked = json.dumps({"expires": 5_000_000_000, "batch": 1}).encode()
        inbox = await broker.subscribe(broker.new_inbox(), max_msgs=1)
        await broker.publish(f"{api}.MSG.NEXT.{consumer}", asked, reply=inbox.subject)
        got = await inbox.next_msg(timeout=5)
        await got.respond(b"+ACK")

        async def nothing_is_left() -> bool:
            after = json.loads((await broker.request(f"{api}.INFO.{consumer}", timeout=5)).data)
            return bool(after["num_ack_pending"] == after["num_pending"] == 0)

        await until(nothing_is_left)
    finally:
        await broker.close()
    assert info["config"]["ack_policy"] == "explicit"
    assert got.data == event


def test_the_command_lines_of_an_answer_are_those_of_the_page() -> None:
    page = PAGE.read_text()
    assert "--js-api-prefix PARTNER.API consumer next PARTNERS" in page
    assert "python subscriber.py SERVER CONSUMER partner.creds" in page
