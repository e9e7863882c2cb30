"""The pages for a partner's developer are right: their commands and their program, as printed, read a
stream of the real platform, over renewals, a suspension and a restart."""

import asyncio
import json
import os
import re
import stat
import sys
import textwrap
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from pydantic import SecretStr

from shared.core.settings import Settings
from shared.events.bus import PARTNERS, Bus, connected
from tests.platform import Platform
from tests.promised import promise
from tests.shared.conftest import until

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "partner-streams.md").read_text()
SHORT_HOURS = 0.002  # 7.2 seconds
SHORT_ACK_SECONDS = 3
LINE_SECONDS = 60


def commands(page: str, beginning: str) -> str:
    """The block of a page in which this command stands after `umask 077`."""
    blocks = re.findall(r"^ *```\w*\n(.*?)^ *```$", page, re.DOTALL | re.MULTILINE)
    [found] = [each for block in blocks if (each := textwrap.dedent(block)).startswith(
        f"umask 077\n{beginning}"
    )]  # fmt: skip
    return found


async def typed(folder: Path, command: str) -> str:
    """What the shell prints in this folder, which it leaves to its owner alone."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    shell = await asyncio.create_subprocess_exec(
        "bash", "-ec", command, cwd=folder, env=dict(os.environ, PATH=path),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    printed, _ = await shell.communicate()
    assert shell.returncode == 0
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} <= {0o600}
    return printed.decode().strip()


@dataclass
class Partner:
    """A partner whose developer has followed the pages up to the program."""

    whole: Platform
    folder: Path
    id: str
    client_id: str
    access: dict[str, Any]
    bus: Bus

    async def tell(self, *numbers: int, child: str = "-") -> None:
        """Messages for the partner, as the relay would publish them."""
        subject = f"partner.{UUID(self.id).hex}.{child}.students.thing.happened.v1"
        for number in numbers:
            event = {"type": "students.thing.happened.v1", "subject": child, "data": number}
            await (await self.bus.publish(subject, str(uuid4()), json.dumps(event).encode()))

    async def change(self, operator: httpx.AsyncClient, method: str, path: str) -> None:
        address = f"/v1/partners/{self.id}/stream"
        stream = (await operator.get(address)).json()
        answer = await operator.request(
            method, f"{address}{path}", headers={"If-Match": f'"{stream["version"]}"'}
        )
        assert answer.is_success, answer.text

    @asynccontextmanager
    async def reading(self) -> AsyncIterator["asyncio.subprocess.Process"]:
        """The page's program while it runs."""
        [program] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
        (self.folder / "subscriber.py").write_text(program)
        running = await asyncio.create_subprocess_exec(
            sys.executable, "subscriber.py", self.whole.gateway, self.client_id, self.id,
            cwd=self.folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            yield running
        finally:
            running.kill()
            await running.communicate()


async def line_of(said: "asyncio.StreamReader | None") -> str:
    assert said is not None
    return (await asyncio.wait_for(said.readline(), LINE_SECONDS)).decode().strip()


@pytest.fixture
async def partner(whole: Platform, tmp_path: Path) -> AsyncIterator[Partner]:
    operator = whole.client()
    draft = {"name": f"Tutors {uuid4()}", "kind": "community_organization"}
    partner_id = (await operator.post("/v1/partners", json=draft)).json()["id"]
    signing_in = commands((DOCS / "signing-in.md").read_text(), "python -c")
    key = json.loads(await typed(tmp_path, signing_in))
    client = {"partner_id": partner_id, "name": "Reader", "keys": [key]}
    registered = await operator.post("/v1/clients", json=client)
    public = await typed(tmp_path, commands(PAGE, "python -c 'import nkeys"))
    opened = await operator.post(
        f"/v1/partners/{partner_id}/stream", json={"user_public_key": public}
    )
    assert (registered.status_code, opened.status_code) == (201, 201), opened.text
    known = Settings(
        nats_url=whole.nats_url,
        nats_credentials=SecretStr(whole.keys["students_nats_credentials"]),
    )
    bus = await connected(known, "test", PARTNERS)
    yield Partner(whole, tmp_path, partner_id, registered.json()["id"], opened.json(), bus)
    await bus.close()


@pytest.fixture
async def short(whole: Platform) -> AsyncIterator[None]:
    """Credentials are valid for seconds."""
    whole.more["PARTNER_CREDENTIALS_HOURS"] = str(SHORT_HOURS)
    await _again(whole)
    yield
    del whole.more["PARTNER_CREDENTIALS_HOURS"]
    await _again(whole)


async def _again(whole: Platform) -> None:
    whole.kill("partners")
    whole.begin("partners")
    await whole.ready()


@promise("Events", "The program on the partners' page works.")
async def test_the_program_on_the_page_reads_on_over_renewals_and_a_suspension(
    short: None, partner: Partner
) -> None:
    operator, address = partner.whole.client(), f"/v1/partners/{partner.id}/stream"
    first = datetime.fromisoformat(partner.access["expires_at"])

    async def renewed_often() -> bool:
        [key] = (await operator.get(address)).json()["keys"]
        ahead = datetime.fromisoformat(key["expires_at"]) - first
        return ahead.total_seconds() > 3 * SHORT_HOURS * 3600

    async with partner.reading() as running:
        await partner.tell(1)
        assert await line_of(running.stdout) == "students.thing.happened.v1 - 1"
        await until(renewed_often, LINE_SECONDS, 0.5)
        await partner.tell(2)
        assert (await line_of(running.stdout)).endswith(" 2")
        await partner.change(operator, "POST", "/suspension")
        while "409" not in (said := await line_of(running.stderr)):
            assert said.startswith("tries again: ")
        await partner.tell(3)
        await partner.change(operator, "DELETE", "/suspension")
        assert (await line_of(running.stdout)).endswith(" 3")


@promise("Events", "The program on the partners' page works.")
async def test_the_program_on_the_page_keeps_the_order_after_a_restart(partner: Partner) -> None:
    """`redelivery-order` of what was reported: six were fetched and not acknowledged."""
    consumer = f"PARTNERS.{partner.access['consumer']}"
    known = await partner.bus.ask(f"$JS.API.CONSUMER.INFO.{consumer}")
    config = known["config"] | {"ack_wait": SHORT_ACK_SECONDS * 1_000_000_000}
    changed = await partner.bus.ask(
        f"$JS.API.CONSUMER.DURABLE.CREATE.{consumer}",
        json.dumps({"stream_name": "PARTNERS", "config": config}).encode(),
    )
    assert "error" not in changed, changed
    await partner.tell(*range(1, 41))
    (partner.folder / "answer.json").write_text(json.dumps(partner.access))
    (partner.folder / "answer.json").chmod(0o600)
    await typed(partner.folder, commands(PAGE, "python -c 'import json"))
    asks = (
        "import asyncio, nats\n"
        "async def main():\n"
        f"    broker = await nats.connect({partner.access['server']!r}, user_credentials='partner.creds')\n"
        "    js = broker.jetstream(prefix='PARTNER.API')\n"
        f"    asking = await js.pull_subscribe_bind({partner.access['consumer']!r}, stream='PARTNERS')\n"
        "    print(len(await asking.fetch(6, timeout=5)))\n"
        "asyncio.run(main())\n"
    )
    assert await typed(partner.folder, f"python - <<'END'\n{asks}END") == "6"
    async with partner.reading() as running:
        heard = [int((await line_of(running.stdout)).split()[-1]) for _ in range(40)]
    assert heard == list(range(1, 41))
