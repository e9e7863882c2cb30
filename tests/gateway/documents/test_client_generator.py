"""A client generated from the gateway's document can call every operation."""

import json
import subprocess
import sys
from pathlib import Path

from tests.gateway.services import network

METHODS = {"get", "put", "post", "patch", "delete"}


async def test_a_generated_client_has_a_function_for_every_operation(tmp_path: Path) -> None:
    async with network() as (_, client):
        document = (await client.get("/openapi.json")).json()
    description, made = tmp_path / "openapi.json", tmp_path / "made"
    description.write_text(json.dumps(document))
    generated = subprocess.run(
        [Path(sys.executable).with_name("openapi-python-client"), "generate",
         "--path", description, "--output-path", made, "--meta", "none"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    wanted = {
        operation["operationId"]
        for operations in document["paths"].values()
        for method, operation in operations.items()
        if method in METHODS
    }
    functions = {file.stem for file in (made / "api").rglob("*.py")}
    assert wanted <= functions, generated.stdout + generated.stderr
    assert "duplicate" not in generated.stdout + generated.stderr
    [students] = (made / "api").rglob("list_students.py")
    assert all(f'headers["{name}"]' in students.read_text() for name in ("Acting-As", "Purpose"))
