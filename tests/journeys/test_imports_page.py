"""The gateway refuses the faulty files of docs/imports.md with the faults that the page names."""

import io
import json
import re
import zipfile

import pytest

from tests.platform import Platform
from tests.promised import promise
from tests.promises.test_imports_page import PAGE

BLOCK = re.compile(r"^```(\w+) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ZIPPED = {"oneroster", "hsds"}
ROLES = {"observations": "analyst", "oneroster": "district_admin", "attendance": "district_admin"}


def examples() -> dict[str, tuple[bytes, dict[str, object]]]:
    """By kind: the file, and the fault that it has."""
    found = {}
    for kind, chapter in re.findall(
        r"^## `([a-z-]+)`\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL
    ):
        blocks = {name: text for _, name, text in BLOCK.findall(chapter)}
        fault = json.loads(blocks.pop("refused"))
        [*texts] = blocks.values()
        found[kind] = (_zip(blocks) if kind in ZIPPED else texts[0].encode()), fault
    return found


def _zip(blocks: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        for name, text in blocks.items():
            zipped.writestr(name, text)
    return made.getvalue()


@promise("Imports", "The importers refuse the faulty files of the imports page as the page says.")
@pytest.mark.parametrize("kind", examples())
async def test_the_files_of_the_imports_page_are_refused_with_the_faults_that_the_page_names(
    whole: Platform, kind: str
) -> None:
    file, fault = examples()[kind]
    async with whole.client() as operator:
        made = await operator.post(
            "/v1/partners", json={"name": f"ISD {kind}", "kind": "district"}
        )
    role = ROLES.get(kind, "backbone")
    district = made.json()["id"] if role == "district_admin" else None
    async with await whole.admit(role, district) as sender:
        queued = await sender.post(f"/v1/imports/{kind}", files={"file": ("file", file)})
        assert queued.status_code == 202, queued.text
        assert queued.headers["Location"] == f"/v1/imports/{queued.json()['id']}"
        job = await whole.finished(sender, queued.json()["id"])
    assert job["state"] == "refused" and job["problem_count"] == 1
    [problem] = job["problems"]
    assert {name: problem[name] for name in fault} == fault
