"""A database folds as the code does, whatever its locale."""

import doctest
import os
import random
import sys
import unicodedata
from collections.abc import AsyncIterator

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats.texts import folded, searchable
from shared.persistence import folding
from shared.persistence.folding import FOLDED, NAME_WORDS, SEARCHABLE, Begun, likely, tsquery
from tests.databases import create, drop
from tests.servers import Servers

WORDS = 12
OLDEST = (3, 2)
"""The version of Unicode whose characters every PostgreSQL and every Python know."""


@pytest.fixture
async def database(running: Servers) -> AsyncIterator[asyncpg.Connection]:
    name = f"test_folding_{os.getpid()}"
    url = await create(running.database_url, name)
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    for function in (FOLDED, SEARCHABLE, NAME_WORDS):
        await connection.execute(function)
    yield connection
    await connection.close()
    await drop(running.database_url, name)


async def told(database: asyncpg.Connection, function: str, texts: list[str]) -> list[str]:
    asked = f"select array(select {function}(each) from unnest($1::text[]) with ordinality t (each, n) order by n)"
    return list(await database.fetchval(asked, texts))


TOLD = [
    "", " ", "-", "O’Quillan", "Kaʻanā Groß", "Anne-Marie  O'Brien-Smith", "J.R. ’Ibn-Ḥaldūn",
    "Nguyễn Văn Ẵng", "ǅemal Ǽthel ŉa ﬃ ĳ", "“x” — y…z", "Łódź Đorđević Þór", "ΣΊΣΥΦΟΣ Ἀχιλλεύς",
    "Жёлтый Їжак", "Հայկ", "ᏣᎳᎩ", "محمّد", "שָׁלוֹם", "김철수", "山田　太郎", "a·b ‧ c", "`a` ´b´", "..a--b''c",
]  # fmt: skip


@pytest.mark.parametrize(("function", "as_code"), [("folded", folded), ("searchable", searchable)])
async def test_a_database_folds_a_text_as_the_code_does(
    database: asyncpg.Connection, function: str, as_code: object
) -> None:
    letters = [
        f"a{chr(each)}b" for each in range(1, sys.maxunicode + 1)
        if not 0xD800 <= each <= 0xDFFF and unicodedata.ucd_3_2_0.category(chr(each)) != "Cn"
        and unicodedata.ucd_3_2_0.normalize("NFKD", chr(each)) == unicodedata.normalize("NFKD", chr(each))
    ]  # fmt: skip
    for texts in (TOLD, letters):
        found = await told(database, function, texts)
        differing = [
            (text, mine, theirs)
            for text, theirs in zip(texts, found, strict=True)
            if (mine := as_code(text)) != theirs  # type: ignore[operator]
        ]
        assert differing == []


async def test_every_word_of_a_name_is_found_whole_and_begun(database: asyncpg.Connection) -> None:
    matches = "select name_words($1) @@ cast($2 as tsquery)"
    for name in TOLD:
        for word in name.split():
            for which in Begun:
                query = tsquery(word, which, WORDS)
                assert not query or await database.fetchval(matches, name, query), (name, query)
            for end in range(1, len(word)):
                query = tsquery(word[:end], Begun.EACH, WORDS)
                assert not query or await database.fetchval(matches, name, query), (name, query)
    assert not await database.fetchval(matches, "Ilse van der Meulen", "'ilse' & 'barrientos'")


async def test_beginnings_of_words_in_any_order_find_the_name(
    database: asyncpg.Connection,
) -> None:
    chance = random.Random(7)
    for name in (told for told in TOLD if folded(told)):
        for _ in range(20):
            words = name.split()
            chance.shuffle(words)
            begun = [word[: chance.randint(1, len(word))] for word in words]
            asked = chance.choice([" ", ", ", " - "]).join(begun[: chance.randint(1, len(begun))])
            query = tsquery(asked, Begun.EACH, WORDS)
            matches = "select name_words($1) @@ cast($2 as tsquery)"
            assert not query or await database.fetchval(matches, name, query), (name, asked)


async def test_whatever_a_query_finds_is_likely_before_it_is_folded(
    database: asyncpg.Connection,
) -> None:
    """Else a common name would be searched without some of its bearers."""
    chance = random.Random(7)
    plain = ["Maria del Mar", "Ana Maria", "Mary Ann", "ANNE 2", "Oquillan", "Jr"]
    unlikely = """
        select name from unnest($1::text[]) name
        where name_words(name) @@ cast($2 as tsquery) and not lower(name collate "C") ~ $3"""
    names = [*plain, *TOLD, *(f"{one} {other}" for one in plain for other in TOLD)]
    for asked in [*names, "ann-marie", "o'q", "mar山", "jr.", "m", "de l", "anne.2", "K", "ſ"]:
        part = asked[: chance.randint(1, len(asked) or 1)]
        for query, words in ((tsquery(each, Begun.EACH, WORDS), each) for each in (asked, part)):
            if query:
                pattern = likely(words, WORDS)
                assert await database.fetch(unlikely, names, query, pattern) == [], words
    assert likely("x" * 500, WORDS) == likely("", WORDS) == "[^a-z0-9 ]"


async def test_a_database_folds_while_it_is_restored_and_no_schema_is_searched(
    database: asyncpg.Connection,
) -> None:
    await database.execute("set search_path to ''")
    told = "Anne-Marie O’Groß Жук"
    assert await database.fetchval("select public.searchable($1)", told) == searchable(told)
    assert await database.fetchval("select public.folded($1)", told) == folded(told)
    words = await database.fetchval("select public.name_words($1)::text", told)
    assert set(words.replace("'", "").split()) == set(searchable(told).split())


async def test_a_word_of_any_length_is_kept_and_found(database: asyncpg.Connection) -> None:
    for name in ("x" * 5_000, "\ufdfa" * 255, "山" * 900, "㌕-" * 255):
        query = tsquery(name, Begun.NONE, 1)
        await database.fetchval("select name_words($1) @@ cast($2 as tsquery)", name, query)
        begun = tsquery(name[:20], Begun.EACH, 1)
        assert await database.fetchval("select name_words($1) @@ cast($2 as tsquery)", name, begun)


@given(st.text(max_size=100), st.sampled_from(Begun))
def test_a_query_holds_nothing_but_folded_words_in_quotes(text: str, begun: Begun) -> None:
    query = tsquery(text, begun, WORDS)
    assert query.count("'") % 2 == 0
    outside = "".join(query.split("'")[::2])
    assert not set(outside) - set(" &|():*")
    assert "\\" not in query


def test_the_examples_hold() -> None:
    assert doctest.testmod(folding).failed == 0
