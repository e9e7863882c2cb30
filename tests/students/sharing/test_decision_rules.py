"""The parts that a change takes back, and the parts that it discloses again."""

from hypothesis import given
from hypothesis import strategies as st

from services.students.access.policy.rules import EMERGENCY_CATEGORIES, Decision, partner_viewer
from services.students.sharing.decisions.rules import Held, Opening, Openings, change
from shared.contracts.students.access import PARTNERS_OWN, Category, ContactScope, Relation
from tests.promised import promise
from tests.students.people import PARTNER_ID

ASKING = partner_viewer(PARTNER_ID, PARTNER_ID)
DECISION = Decision(Relation.PARTNER, {}, {}, ContactScope.LEGAL_GUARDIANS)
CATEGORIES = st.frozensets(st.sampled_from(list(Category)))
OWN = st.frozensets(st.sampled_from(sorted(PARTNERS_OWN)))


def openings(categories: frozenset[Category], own: frozenset[Category]) -> Openings:
    found = {c: Opening(ASKING, DECISION, own=False, since=None) for c in categories}
    found |= {
        c: Opening(ASKING, DECISION, own=True, since=None) for c in own if c not in categories
    }
    return Openings(found, {})


@promise(
    "Access and privacy",
    "Whatever ends a partner's ground takes back the parts disclosed under it, by the clock too.",
)
@given(CATEGORIES, OWN, CATEGORIES, OWN, st.booleans())
def test_a_part_that_is_no_longer_open_is_lost_and_only_open_parts_are_disclosed_again(
    before: frozenset[Category], before_own: frozenset[Category],
    after: frozenset[Category], after_own: frozenset[Category], anew: bool,
) -> None:  # fmt: skip
    now = openings(after, after_own)
    done = change(Held(before, before_own, anew), now, destroyed=False)
    assert done.lost == before - after
    assert done.replayed <= now.open.keys()
    assert not (after - before) - done.replayed  # each grant is followed by its history
    if done.lost or anew:  # the child's whole part of the stream is gone
        assert done.replayed == now.open.keys()


@given(CATEGORIES, CATEGORIES, CATEGORIES, CATEGORIES, OWN, st.booleans())
def test_a_part_that_was_read_is_lost_when_nothing_opens_it_and_a_partners_own_never(
    told: frozenset[Category], read: frozenset[Category], read_own: frozenset[Category],
    after: frozenset[Category], after_own: frozenset[Category], in_emergency: bool,
) -> None:  # fmt: skip
    now = openings(after, after_own)
    before = Held(told, read=read, read_own=read_own)
    done = change(before, now, destroyed=False, in_emergency=in_emergency)
    opened = frozenset(EMERGENCY_CATEGORIES) if in_emergency else frozenset()
    assert done.lost == (told - after) | (read - after - opened)
    assert not done.lost & now.categories
    left = Held(told & after, read=read - done.lost, read_own=read_own - done.lost)
    assert not change(left, now, destroyed=False, in_emergency=in_emergency).lost
    ended = change(left, now, destroyed=False).lost
    assert ended == (read & opened) - after - done.lost


@given(CATEGORIES, OWN, CATEGORIES, CATEGORIES)
def test_a_destroyed_record_is_lost_whole_and_not_disclosed_again(
    before: frozenset[Category], own: frozenset[Category], read: frozenset[Category],
    read_own: frozenset[Category],
) -> None:  # fmt: skip
    held = Held(before, own, read=read, read_own=read_own)
    done = change(held, openings(frozenset(), frozenset()), destroyed=True, in_emergency=True)
    assert (done.lost, done.replayed) == (before | own | read | read_own, frozenset())


@given(CATEGORIES, OWN, CATEGORIES)
def test_a_disclosed_part_whose_records_are_gone_is_lost_although_it_is_open(
    categories: frozenset[Category], own: frozenset[Category], gone: frozenset[Category]
) -> None:
    found = openings(categories, own)
    before = Held(found.categories, found.own, gone=gone)
    done = change(before, found, destroyed=False)
    assert done.lost == gone & found.open.keys()
    assert bool(done.replayed) == bool(done.lost)


@given(CATEGORIES, OWN)
def test_an_unchanged_decision_takes_nothing_back_and_repeats_nothing(
    categories: frozenset[Category], own: frozenset[Category]
) -> None:
    found = openings(categories, own)
    done = change(Held(found.categories, found.own), found, destroyed=False)
    assert (done.lost, done.replayed) == (frozenset(), frozenset())
