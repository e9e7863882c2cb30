"""A text as it is kept, and as it is compared and found.

Kept is what was sent, in one spelling of each letter (`clean`). Compared and found is the text as
somebody types it on an ordinary keyboard: without capitals, accents and ligatures (`folded`). The
databases fold by these same tables (`shared/persistence/folding.py`).
Sources: Unicode Standard Annex 15 (normalization forms), The Unicode Standard 4.5 (general categories).
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from itertools import chain
from typing import Any
from unicodedata import normalize

NO_BREAK = "\u00a0\u2007\u202f"
_ORDINARY = str.maketrans(dict.fromkeys(NO_BREAK, " "))
# Of the categories Cc, Cf and Cs all but tab and line ends, which texts have, and the two joiners, with
# which Arabic and Indic scripts are written.
_UNFIT = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    r"\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    r"\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    r"\U000e0001\U000e0020-\U000e007f]"
)
LAST_CONTROL = "\x9f"


class Unfit(StrEnum):
    """Why a text is refused."""

    UNSTORABLE = "unstorable"
    CONTROL = "control_character"
    FORMAT = "format_character"


def clean(text: str) -> str:
    """The text as it is kept: `spelled`, and without spaces at its ends. Those within it stay."""
    return spelled(text).strip()


def spelled(text: str) -> str:
    """The text in NFC, with ordinary spaces for those that forbid a line break. Text in several
    lines is spelled as each of its lines is."""
    if text.isascii():
        return text
    if any(space in text for space in NO_BREAK):
        text = text.translate(_ORDINARY)
    return normalize("NFC", text)


def unfit(text: str) -> tuple[Unfit, str] | None:
    """Why no text may be so, with the code point that it may not hold; None for a sound text.
    Refused are characters that nobody sees, but for tabs, line ends, and the joiners U+200C and
    U+200D."""
    found = None if text.isprintable() else _UNFIT.search(text)
    if found is None:
        return None
    character = found[0]
    kind = Unfit.CONTROL if character <= LAST_CONTROL else Unfit.FORMAT
    if character == "\0" or "\ud800" <= character <= "\udfff":
        kind = Unfit.UNSTORABLE
    return kind, f"U+{ord(character):04X}"


def is_name(text: str) -> bool:
    """Whether the text can be somebody's name. Registers write `-` and `.` for no name."""
    return any(map(str.isalnum, text))


def cleaned(value: Any) -> Any:
    """A JSON value with each of its texts clean; the names of its members stay."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {name: cleaned(each) for name, each in value.items()}
    return [cleaned(each) for each in value] if isinstance(value, list) else value


MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u2060"
    "\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff"
)
"""What stands on a letter or joins two, as the inside of a class of characters: accents, Hebrew points,
Arabic vowels, joiners."""
ALIKE = {
    "'": "\u2018\u2019\u201b\u2032\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8`\u00b4\u055a\u05f3\ua78c",
    "-": "\u2010\u2011\u2012\u2013\u2212\u058a\u05be",
    ".": "\u00b7\u2022\u2027\u30fb",
}
"""What is typed as an apostrophe, a hyphen or a dot."""
JOINTS = "'.-"
"""What joins the parts of one word: O'Quillan, Anne-Marie, J.R."""
BREAKS = (
    "\x00-&(-,/:-@[-_{-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u02c2-\u02c7"
    "\u02c9-\u02cf\u02d2-\u02df\u060c\u061b\u061f\u0964\u0965\u1680\u2000-\u206f\u20a0-\u20cf\u2190-\u2bff"
    "\u3000-\u3004\u3008-\u3020\ufffd"
)
"""What parts words, as the inside of a class of characters."""
LETTERS = {
    "æ": "ae", "œ": "oe", "þ": "th", "ß": "ss", "ð": "d", "ı": "i", "ø": "o", "đ": "d", "ł": "l",
    "ħ": "h", "ŧ": "t", "ŋ": "n", "ĸ": "k", "ƀ": "b", "ɓ": "b", "ƈ": "c", "ȼ": "c", "ɗ": "d",
    "ɖ": "d", "ǝ": "e", "ə": "e", "ɛ": "e", "ɇ": "e", "ƒ": "f", "ɠ": "g", "ǥ": "g", "ɣ": "g",
    "ɦ": "h", "ɨ": "i", "ɩ": "i", "ɉ": "j", "ƙ": "k", "ƚ": "l", "ɲ": "n", "ƞ": "n", "ɔ": "o",
    "ɵ": "o", "ƥ": "p", "ɍ": "r", "ƭ": "t", "ʈ": "t", "ʉ": "u", "ʊ": "u", "ʋ": "v", "ƴ": "y",
    "ɏ": "y", "ƶ": "z", "ȥ": "z", "ʒ": "z", "ⱥ": "a", "ⱦ": "t", "ς": "σ",
}  # fmt: skip
"""Letters that Unicode does not take apart, as people without them on the keyboard type them."""
# Latin, Greek, Cyrillic, Armenian, Georgian, Cherokee, Osage, Adlam.
_CASED = (
    (0xC0, 0x52F), (0x531, 0x557), (0x10A0, 0x10C6), (0x13A0, 0x13F6), (0x1C90, 0x1CC0),
    (0x1E00, 0x1F00), (0x2C60, 0x2C80), (0xA720, 0xA7D0), (0x104B0, 0x104D4), (0x1E900, 0x1E922),
)  # fmt: skip


def _small() -> Iterator[tuple[str, str]]:
    for capital in map(chr, chain.from_iterable(range(*span) for span in _CASED)):
        small = capital.lower()
        # Where Unicode takes the capital apart, its parts are folded.
        if small != capital and len(small) == 1 and normalize("NFKD", capital) == capital:
            yield capital, LETTERS.get(small, small)


SMALL = dict(_small()) | LETTERS
"""Every letter beyond ASCII that is folded into another: capitals, and those of `LETTERS`."""
_ASCII = {chr(each): chr(each).lower() for each in range(ord("A"), ord("Z") + 1)}
_TYPED = {each: typed for typed, others in ALIKE.items() for each in others}
_ACUTE = str.maketrans({"\u00b4": "'"})  # alone it would be taken apart into a space and a mark
_FOLD = str.maketrans(_ASCII | SMALL | _TYPED)
_MARK = re.compile(f"[{MARKS}]")
_BREAK = re.compile(f"[{BREAKS}]+")
_JOINT = re.compile("['.-]+")
WORD = rf"[^{BREAKS}'.\-]"
TIED = rf"{WORD}+(?:['.\-]+{WORD}+)+"
"""A word of several parts, as a regular expression."""
_TIED = re.compile(TIED)


def _typed(text: str) -> str:
    """The text as it is typed on an ordinary keyboard, in small letters."""
    if text.isascii():
        return text.translate(_FOLD)
    apart = normalize("NFKD", text.translate(_ACUTE))
    return _MARK.sub("", apart).translate(_FOLD)


def folded(text: str) -> str:
    """The words of a text, as two texts are compared: with one space between them, and without
    whatever joins the parts of a word.

    >>> folded("  Nuñez, O’Brien-Groß ")
    'nunez obriengross'
    """
    return " ".join(_BREAK.sub(" ", _JOINT.sub("", _typed(text))).split())


def searchable(text: str) -> str:
    """The words by which a text is found: each part of a word, then the words of several parts in
    one piece.

    >>> searchable("Anne-Marie O'Brien")
    'anne marie o brien annemarie obrien'
    """
    typed = _typed(text)
    parts = _BREAK.sub(" ", _JOINT.sub(" ", typed)).split()
    return " ".join([*parts, *(_JOINT.sub("", tied) for tied in _TIED.findall(typed))])


def asked(text: str) -> list[list[str]]:
    """The words that somebody searches for, each with its parts.

    >>> asked("O'Brien, Anne")
    [['o', 'brien'], ['anne']]
    """
    words = (_JOINT.split(word) for word in _BREAK.split(_typed(text)))
    return [parts for word in words if (parts := [part for part in word if part])]
