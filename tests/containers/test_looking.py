"""The search for secrets can find them."""

import gzip
import io
import tarfile
from pathlib import Path

import pytest

from deploy.secret_files import ensure_secrets
from tests.containers.looking import found_in_layers, found_in_stream, values


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> dict[bytes, str]:
    folder = tmp_path_factory.mktemp("secrets")
    ensure_secrets(folder)
    return values(folder)


def test_the_search_looks_for_a_part_of_every_secret(
    tmp_path: Path, secrets: dict[bytes, str]
) -> None:
    ensure_secrets(tmp_path)
    private = {file.name for file in tmp_path.rglob("*") if file.is_file()}
    public = {"principal_public_key", "grant_public_key", "nats_url"}
    passwords = {
        f"{s}_database_password" for s in ("partners", "students", "resources", "outcomes")
    }
    urls = {name.replace("password", "url") for name in passwords}  # they hold the passwords
    found = set(secrets.values())
    assert private - public - passwords - urls <= found
    assert all({f"{name[:-9]}_password", f"{name[:-9]}_url"} & found for name in passwords)


def test_the_search_finds_a_secret_in_a_layer_even_where_the_layer_is_packed_or_long(
    tmp_path: Path, secrets: dict[bytes, str]
) -> None:
    value, name = next(iter(secrets.items()))
    layer = b"\0" * 3_000_000 + b"KEY=" + value + b"\n" * 5
    for body in (layer, gzip.compress(layer)):
        saved = tmp_path / "saved.tar"
        with tarfile.open(saved, "w") as tar:
            member = tarfile.TarInfo("layer.tar")
            member.size = len(body)
            tar.addfile(member, io.BytesIO(body))
        assert found_in_layers(saved, secrets) == {name}
    assert found_in_stream(io.BytesIO(layer.replace(value, value[:-1])), secrets) == set()
