"""One text for one value, so that a hash of it can be computed again by anybody: RFC 8785 (JSON
Canonicalization Scheme) for the values that this platform hashes.

What is written is what RFC 8785 writes. Less can be written: a value for which the encoder and the
RFC part ways is refused instead. Those are fractions and whole numbers beyond 2^53-1, which the RFC
writes as ECMAScript does (3.2.2.3), and names of members beyond ASCII, which it sorts by UTF-16
code units (3.2.3).
"""

from typing import Any

import orjson

ATOMS = frozenset({str, int, bool, type(None)})
OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


def canonical_json(value: Any) -> bytes:
    """Sorted names, no blanks, UTF-8. Takes None, bool, int, str, and lists and dicts of these;
    raises TypeError for all else."""
    _ensure_canonical(value)
    return orjson.dumps(value, option=OPTIONS)


def _ensure_canonical(value: Any) -> None:
    kind = type(value)
    if kind in ATOMS:
        return
    if kind is dict:
        if not all(type(name) is str and name.isascii() for name in value):
            raise TypeError("a name beyond ASCII has no canonical form here")
        value = value.values()
    elif kind is not list:
        raise TypeError(f"{kind.__name__} has no canonical form here")
    for each in value:
        _ensure_canonical(each)
