"""Texts as they are kept and as they are compared: properties over any text."""

import doctest
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats import texts
from shared.formats.texts import Unfit, asked, clean, folded, searchable, unfit

TEXTS = st.text(max_size=60) | st.text("aAáÁñßøı’'ʻ-‐. ,\u00a0\u0301́İŁœ", max_size=40)


def test_the_examples_hold() -> None:
    assert doctest.testmod(texts).failed == 0


@given(TEXTS)
def test_a_clean_text_is_its_own_clean_text(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert once == once.strip() and unicodedata.is_normalized("NFC", once)
    assert not set(once) & set(texts.NO_BREAK)


@given(TEXTS)
def test_a_text_is_folded_alike_before_and_after_it_is_cleaned_and_folded(text: str) -> None:
    assert folded(clean(text)) == folded(text)
    assert searchable(clean(text)) == searchable(text)
    assert folded(folded(text)) == folded(text)


@given(st.lists(TEXTS.map(clean).filter(folded), min_size=1, max_size=4), st.data())
def test_any_beginning_of_any_word_is_asked_for_as_a_beginning_of_a_word_that_is_found(
    names: list[str], data: st.DataObject
) -> None:
    word = data.draw(st.sampled_from([word for name in names for word in name.split()]))
    begun = word[: data.draw(st.integers(1, len(word)))]
    found = searchable(" ".join(names)).split()
    for parts in asked(begun):
        assert any(each.startswith("".join(parts)) for each in found) or all(
            any(each.startswith(part) for each in found) for part in parts
        )


@pytest.mark.parametrize(
    ("kept", "typed"),
    [
        ("O’Quillan", "O'Quillan"), ("O’Quillan", "OQuillan"), ("Núñez", "nunez"),
        ("Kaʻanā", "Kaana"), ("Kaʻanā", "Ka'ana"), ("Groß", "Gross"), ("Łukasz", "lukasz"),
        ("Đorđe", "DORDE"), ("Ærø", "aero"), ("Œuvrard", "oeuvrard"), ("Þór", "thor"),
        ("Işık", "isik"), ("İnci", "inci"), ("Nguyễn", "nguyen"), ("ΣΊΣΥΦΟΣ", "σισυφος"),
        ("Ёлкин", "елкин"), ("García-López", "garcialopez"), ("Gal·la", "galla"),
    ],
)  # fmt: skip
def test_a_name_is_compared_as_it_is_typed_on_an_ordinary_keyboard(kept: str, typed: str) -> None:
    assert folded(kept) == folded(typed)


def test_no_text_holds_a_character_that_nobody_sees_but_for_line_ends_tabs_and_joiners() -> None:
    kinds = {chr(each): unicodedata.category(chr(each)) for each in range(sys.maxunicode + 1)}
    hidden = {each for each, kind in kinds.items() if kind in {"Cc", "Cf", "Cs"}}
    refused = {each for each in kinds if unfit(f"a{each}b") is not None}
    assert hidden - refused == set("\t\n\r\u200c\u200d")
    assert {kinds[each] for each in refused - hidden} <= {"Cn"}  # not assigned yet
    assert unfit("a\u200bb") == (Unfit.FORMAT, "U+200B")
    assert unfit("a\x07b") == (Unfit.CONTROL, "U+0007")
    assert unfit("a\0b") == (Unfit.UNSTORABLE, "U+0000")


def test_a_text_of_marks_and_punctuation_is_no_name() -> None:
    assert not any(map(texts.is_name, ("", "-", ".", "–", "?", "...")))
    assert all(map(texts.is_name, ("Ó", "X", "山", "अ", "J.")))
