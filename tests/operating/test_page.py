"""The operator's page and its rehearsal (`make rehearsal`) are one."""

import re

from tests.operating.acts import ACTS, WITHIN
from tests.operating.chapters import PAGE, ROOT, TO_RUN, TRIAL, anchor, chapters
from tests.promised import promise

WRITTEN = chapters(PAGE.read_text())


@promise("Operation", "Every command of the operator's page is marked to be run.")
def test_every_command_of_the_page_is_marked_to_be_run() -> None:
    kinds = {block.kind for blocks in WRITTEN.values() for block in blocks}
    assert kinds == {TO_RUN, TRIAL}
    assert sum(block.kind == TRIAL for blocks in WRITTEN.values() for block in blocks) == 1


@promise(
    "Operation",
    "The rehearsal (`make rehearsal`) plays and judges every chapter with commands.",
)
def test_every_chapter_with_commands_has_an_act_and_every_act_a_chapter() -> None:
    with_commands = {
        name for name, blocks in WRITTEN.items() if any(b.kind == TO_RUN for b in blocks)
    }
    played = [*ACTS, *(name for within in WITHIN.values() for name in within)]
    assert sorted(played) == sorted(with_commands)
    assert WITHIN.keys() <= ACTS.keys()


def test_every_link_within_the_page_leads_somewhere() -> None:
    there = {anchor(name) for name in WRITTEN}
    text = PAGE.read_text()
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= there
    for file in re.findall(r"\]\((?!#|http)([^)#]+)", text):
        assert (PAGE.parent / file).exists(), file


def test_every_make_target_that_the_page_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make (?:-s )?([a-z-]+)", PAGE.read_text(), re.MULTILINE))
    assert named and named <= targets, named - targets


def test_every_secret_that_is_made_has_a_chapter_on_its_rotation() -> None:
    """By the table of keys: a file's name, or a pattern of it."""
    table = re.findall(r"`([a-z_*]+)`", PAGE.read_text().split("## Keys")[1].split("###")[0])
    patterns = [re.compile(name.replace("*", ".*")) for name in table]
    compose = (ROOT / "docker-compose.yml").read_text()
    secrets = set(re.findall(r"^  ([a-z_]+): \{file: deploy/secrets/", compose, re.MULTILINE))
    derived = {"nats_url", "broker_accounts"} | {
        name for name in secrets if name.endswith(("_public_key", "_database_url"))
    }
    for name in secrets - derived:
        assert any(pattern.fullmatch(name) for pattern in patterns), name
