"""The commands on the page for partners are right. Its program runs in
tests/journeys/test_partner_page.py."""

import asyncio
import json
import re
import shlex
import sys
from pathlib import Path

import nats

from tests.streams.conftest import Streams

PAGE = Path(__file__).parents[2] / "docs" / "partner-streams.md"


async def test_a_key_pair_made_by_the_instructions_of_the_page_opens_the_stream(
    streams: Streams, tmp_path: Path
) -> None:
    [line] = re.findall(r"^ *(python -c 'import nkeys.*)$", PAGE.read_text(), re.MULTILINE)
    made = await asyncio.create_subprocess_exec(
        sys.executable, *shlex.split(line)[1:], cwd=tmp_path, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await made.communicate()
    assert re.fullmatch(r"U[A-Z2-7]{55}", told.decode().strip())
    _, system = await streams.opened(seed=(tmp_path / "partner.seed").read_text())
    assert system.access["user_public_key"] == told.decode().strip()


async def test_the_plain_command_line_shows_a_message_and_leaves_it_to_the_partners_program(
    streams: Streams, tmp_path: Path
) -> None:
    """By the requests that `nats consumer next --no-ack` makes: it looks at the consumer, then asks
    for one message, and acknowledges none. The program itself is not run here."""
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
        after = json.loads((await broker.request(f"{api}.INFO.{consumer}", timeout=5)).data)
    finally:
        await broker.close()
    assert info["config"]["ack_policy"] == "explicit"
    assert got.data == event
    assert (after["num_ack_pending"], after["ack_floor"]["consumer_seq"]) == (1, 0)


async def test_the_command_lines_of_an_answer_are_those_of_the_page(streams: Streams) -> None:
    page = PAGE.read_text()
    partner_id, system = await streams.opened()
    said = system.access["commands"]
    shown = "--js-api-prefix PARTNER.API consumer next PARTNERS"
    assert f"{shown} $CONSUMER --no-ack" in page
    assert said["nats"].endswith(f"{shown} {system.access['consumer']} --no-ack")
    assert said["credentials"].replace("; ", "\n", 1) in page
    assert "python subscriber.py PLATFORM CLIENT PARTNER" in page
    assert said["python"] == f"python subscriber.py PLATFORM CLIENT {partner_id}"
