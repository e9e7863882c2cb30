"""The words of a search as PostgreSQL reads them."""

import re

WORD = re.compile(r"\w+")
WORDS = 20


def prefix_query(words: str) -> str:
    """All words must occur, the last one perhaps only its beginning, as a tsquery; empty for
    none."""
    found = WORD.findall(words)[:WORDS]
    return " & ".join(f"'{word}':*" if word is found[-1] else f"'{word}'" for word in found)
