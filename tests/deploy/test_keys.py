"""Keys are made once, kept, and readable by their owner only."""

from pathlib import Path

from joserfc.jwk import OKPKey

from deploy.keys import ensure_keys
from deploy.tokens import issuer_of, mint
from gateway.authentication.access_tokens import AccessTokens, FixedKeys, Identity
from shared.persistence.records import new_id
from shared.security.grants import Category, Grant, GrantSigner, GrantVerifier
from shared.security.principal import NOBODY, PrincipalSigner, PrincipalVerifier
from shared.security.tokens import listed


def test_keys_are_made_once_and_only_their_owner_can_read_them(tmp_path: Path) -> None:
    first = ensure_keys(tmp_path / "keys")
    assert ensure_keys(tmp_path / "keys") == first
    folder = tmp_path / "keys"
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert {place.stat().st_mode & 0o777 for place in (folder, folder / "offline")} == {0o700}


def test_no_two_keys_are_the_same(tmp_path: Path) -> None:
    keys = ensure_keys(tmp_path)
    private = [
        key["d"]
        for name in keys
        if name.endswith(("_private_key", "_issuer_key"))
        for key in listed(keys[name])
    ]
    assert len(set(private)) == len(private) >= 7
    assert len(set(keys["cursor_key"].splitlines())) == 2


def test_a_key_that_was_deleted_is_made_anew_and_the_others_stay(tmp_path: Path) -> None:
    first = ensure_keys(tmp_path)
    (tmp_path / "cursor_key").unlink()
    again = ensure_keys(tmp_path)
    assert [name for name in first if again[name] != first[name]] == ["cursor_key"]


def test_a_new_private_key_brings_its_public_one(tmp_path: Path) -> None:
    first = ensure_keys(tmp_path)
    (tmp_path / "grant_private_key").unlink()
    again = ensure_keys(tmp_path)
    changed = {name for name in first if again[name] != first[name]}
    assert changed == {"grant_private_key", "grant_public_key"}


def test_a_public_key_holds_no_private_part(tmp_path: Path) -> None:
    keys = ensure_keys(tmp_path)
    for name in ("principal_public_key", "grant_public_key"):
        for key in listed(keys[name]):
            assert "d" not in key
            assert not OKPKey.import_key(key).is_private


def test_the_key_pairs_fit_the_signers_and_verifiers_of_the_platform(tmp_path: Path) -> None:
    keys = ensure_keys(tmp_path)
    token = PrincipalSigner(keys["principal_private_key"]).token(NOBODY, "students")
    verifier = PrincipalVerifier(keys["principal_public_key"], "students")
    assert verifier.principal(f"Bearer {token}") == NOBODY
    grant = Grant(student_id=new_id(), viewer=new_id(), categories=frozenset({Category.MEASURES}))
    granted = GrantSigner(keys["grant_private_key"]).token(grant)
    assert GrantVerifier(keys["grant_public_key"]).grant(granted) == grant


async def test_a_minted_token_is_accepted_for_its_subject(tmp_path: Path) -> None:
    key, issuer = ensure_keys(tmp_path)["development_issuer_key"], issuer_of("http://here")
    tokens = AccessTokens(frozenset({"http://here"}), {issuer: FixedKeys(key)})
    assert await tokens.identity(mint(key, issuer, "teacher")) == Identity(issuer, "teacher")
