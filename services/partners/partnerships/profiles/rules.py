"""How words are searched."""

import re

WORD = re.compile(r"\w+")
WORDS = 20


def prefix_query(words: str) -> str:
    """All words, the last one perhaps only begun, as PostgreSQL's tsquery; empty for none."""
    found = WORD.findall(words)[:WORDS]
    return " & ".join(f"'{word}':*" if word is found[-1] else f"'{word}'" for word in found)
