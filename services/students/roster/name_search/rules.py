"""Which way to those of a name costs less."""

FIRST_LOOK = 256
"""So many people in the order of names are looked at before a search takes another way."""


def worth_looking_at(wanted: int, common: int, everybody: int) -> int:
    """How many people to look at, in the order of names, for a page of `wanted` of them, where `common`
    of the first look are of them: one of a few numbers, since each is a statement of its own. 0 where
    it costs less to find all of them by their words: somebody who is found so costs more than one and
    a half who are looked at. Every other bearer of a name may be an adult, or a child that the caller
    may not know."""
    if not common:
        return 0
    needed = 2 * FIRST_LOOK * wanted // common
    bearers = common * everybody // FIRST_LOOK
    return 1 << needed.bit_length() if 2 * needed <= 3 * bearers else 0
