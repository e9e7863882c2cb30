"""How a database folds a text (the functions `folded`, `searchable` and `name_words`), and how it is
asked for one.

The functions give what `shared/formats/texts.py` gives, and are made of its tables. A database folds by
itself, so that whatever writes a row, an earlier release too, leaves it as it is found. Nothing of it
depends on the locale or on an extension. Each function stands on its own, since a restored database
fills its columns before it knows where another function is.

A change of the tables asks for a migration that makes the functions anew (`create or replace`), and
anew whatever was stored by them.
"""

import re
from enum import Enum

from shared.formats.texts import ALIKE, BREAKS, JOINTS, MARKS, SMALL, TIED, asked

_TYPED = "".join(ALIKE.values())
_TO_TYPE = "".join(typed * len(others) for typed, others in ALIKE.items())
_ALONE = {each: small for each, small in SMALL.items() if len(small) == 1}
_PAIRS = {each: pair for each, pair in SMALL.items() if len(pair) > 1}
_PLAIN = re.compile("[a-z0-9]{1,100}")
WORD_CHARACTERS = 200
"""A longer word is found by its beginning: an index entry has a limit."""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _class(inside: str) -> str:
    """The inside of a class of characters, as PostgreSQL's regular expressions write it."""
    plain = inside.replace("\0", "\1")
    return "".join(
        each if each.isascii() and each.isprintable() else f"\\u{ord(each):04x}" for each in plain
    )


def _replaced(text: str) -> str:
    for letter, pair in _PAIRS.items():
        text = f"replace({text}, '{letter}', '{pair}')"
    return text


_BREAKS = _quoted(f"[{_class(BREAKS)}]+")
_TIED = _class(TIED).replace("'", "''")
_JOINTS = _quoted(JOINTS)
_TYPE = f"""
      typed text := told;
      words text;
    begin
      if octet_length(told) <> length(told) then
        typed := normalize(replace(told, '\u00b4', ''''), nfkd);
        typed := regexp_replace(typed, {_quoted(f"[{_class(MARKS)}]+")}, '', 'g');
        typed := translate(typed, {_quoted(_TYPED)}, {_quoted(_TO_TYPE)});
        typed := regexp_replace(typed, {_BREAKS}, ' ', 'g');
        if octet_length(typed) <> length(typed) then
          typed := translate({_replaced("typed")},
                             {_quoted("".join(_ALONE))}, {_quoted("".join(_ALONE.values()))});
        end if;
      end if;
      typed := translate(lower(typed collate "C"), '`', '''');
      if typed ~ '[^a-z0-9 ]' then
        typed := regexp_replace(typed, {_BREAKS}, ' ', 'g');
      end if;"""
_SPREAD = f"""
      words := translate(typed, {_JOINTS}, '{" " * len(JOINTS)}');
      if words <> typed and typed ~ '{_TIED}' then
        words := words || ' ' || (
          select string_agg(translate(tied[1], {_JOINTS}, ''), ' ')
          from regexp_matches(typed, '({_TIED})', 'g') tied);
      end if;"""


def _one_space(words: str) -> str:
    return f"btrim(regexp_replace({words}, ' +', ' ', 'g'))"


def _function(signature: str, told: str, steps: str, result: str, parallel: str = "safe") -> str:
    return f"""
    create or replace function {signature}
    language plpgsql immutable parallel {parallel} cost 1000 as $$
    declare
      told text := {told};{_TYPE}{steps}
      return {result};
    end $$"""


FOLDED = _function(
    "folded(given text) returns text", "given", "", _one_space(f"translate(typed, {_JOINTS}, '')")
)
SEARCHABLE = _function(
    "searchable(given text) returns text", "given", _SPREAD, _one_space("words")
)
NAME_WORDS = _function(
    "name_words(given varchar, family varchar default null, middle varchar default null,"
    " preferred_given varchar default null, preferred_family varchar default null)"
    " returns tsvector",
    "array_to_string(array[given, family, middle, preferred_given, preferred_family], ' ')",
    f"""{_SPREAD}
      if octet_length(words) > {WORD_CHARACTERS} then
        select string_agg(left(word, {WORD_CHARACTERS}), ' ') into words
        from unnest(string_to_array(words, ' ')) word;
      end if;""",
    "array_to_tsvector(array_remove(string_to_array(words, ' '), ''))",
    "restricted",
)
"""The words of `searchable`, without the places where they stand. PostgreSQL starts no worker processes
for a statement that asks for them: to start these takes longer than to find a name."""


class Begun(Enum):
    """Which of the words that somebody asks for may be the beginning of a word."""

    NONE = "none"
    LAST = "last"
    EACH = "each"


def tsquery(text: str, begun: Begun, most: int) -> str:
    """A tsquery for whatever has each of the first `most` words of the text; empty where it has none.
    A word of several parts may stand in one piece. It holds nothing but folded words in quotes.

    >>> tsquery("Anne-Marie O", Begun.LAST, 12)
    "('annemarie' | ('anne' & 'marie')) & 'o':*"
    """
    words = asked(text)[:most]
    begins = {Begun.NONE: 0, Begun.LAST: 1, Begun.EACH: len(words)}[begun]
    whole = len(words) - begins
    return " & ".join(_one(parts, ":*" if n >= whole else "") for n, parts in enumerate(words))


def likely(text: str, most: int) -> str:
    """A regular expression that matches the small letters of whatever `tsquery` finds, and of little
    else: a name of plain letters, digits and spaces is its own folding and has each asked word in it;
    any other name has to be folded.

    >>> likely("Anne-Marie O", 12)
    '[^a-z0-9 ]|anne'
    """
    plain = [parts[0] for parts in asked(text)[:most] if _PLAIN.fullmatch(parts[0])]
    return "|".join(["[^a-z0-9 ]", *sorted(plain, key=len)[-1:]])


def _one(parts: list[str], end: str) -> str:
    found = [f"'{word[:WORD_CHARACTERS]}'{end}" for word in ("".join(parts), *parts)]
    return found[0] if len(parts) == 1 else f"({found[0]} | ({' & '.join(found[1:])}))"
