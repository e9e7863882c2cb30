"""The one list of words for the parts of a record, for purposes and for bases."""

import pytest

from shared.contracts.partners.agreement import LegalBasis
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Basis, Category
from shared.contracts.words import TEXTS, Language, Worded, code, why, word
from tests.promised import promise

MEMBERS: list[Worded] = [*Category, *Purpose, *Basis]
MOST_WORDS = 20
"""Of a text that a family reads."""


@promise(
    "Access and privacy",
    "Families, partners and districts read the same words for parts, purposes and bases.",
)
@pytest.mark.parametrize("language", Language)
def test_every_code_has_its_words_in_every_language_and_no_words_lack_a_code(
    language: Language,
) -> None:
    codes = {code(each) for each in MEMBERS} | {f"{code(basis)}.why" for basis in Basis}
    assert set(TEXTS[language]) == codes


@pytest.mark.parametrize("language", Language)
def test_no_two_codes_have_the_same_words(language: Language) -> None:
    texts = list(TEXTS[language].values())
    assert len(set(texts)) == len(texts)


@promise(
    "Access and privacy",
    "Families, partners and districts read the same words for parts, purposes and bases.",
)
@pytest.mark.parametrize("basis", LegalBasis)
def test_an_agreements_basis_has_the_words_of_the_same_basis_in_the_log(basis: LegalBasis) -> None:
    assert (word(basis), why(basis)) == (word(Basis(basis)), why(Basis(basis)))


@pytest.mark.parametrize("of", MEMBERS)
def test_a_word_is_a_phrase_that_stands_in_a_sentence(of: Worded) -> None:
    assert word(of)[0].islower()
    assert word(of)[-1].isalpha()


@pytest.mark.parametrize("basis", Basis)
def test_the_explanation_of_a_basis_is_a_whole_sentence_that_names_its_place_in_the_law(
    basis: Basis,
) -> None:
    assert why(basis)[0].isupper()
    assert why(basis).endswith(").")
    assert "(34 CFR 99." in why(basis)


def test_no_text_is_longer_than_a_family_reads_at_once() -> None:
    assert max(len(text.split()) for text in TEXTS[Language.ENGLISH].values()) <= MOST_WORDS
