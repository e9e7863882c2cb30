"""The page for partners is right: its program, as it stands there, gets what it is told."""

import asyncio
import os
import re
import sys
from pathlib import Path

from tests.streams.conftest import Streams

PAGE = Path(__file__).parents[2] / "docs" / "partner-streams.md"


async def test_the_program_on_the_page_gets_what_the_partner_is_told(
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


def test_the_command_lines_of_an_answer_are_those_of_the_page() -> None:
    page = PAGE.read_text()
    assert "--js-api-prefix PARTNER.API consumer next PARTNERS" in page
    assert "python subscriber.py SERVER CONSUMER partner.creds" in page
