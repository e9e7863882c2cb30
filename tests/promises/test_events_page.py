"""The page of events and their reactions matches the code."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from deploy.contracts import events_of
from deploy.events_page import PAGE, page, reactions_of_services
from services.students.access.reevaluations import actions as reevaluations
from shared.contracts.partners.agreement import AgreementChanged
from shared.contracts.students.attendance import AttendanceCounted
from shared.contracts.students.sharing import SharingRetracted
from shared.events.inbox import Reaction
from tests.promised import promise


@promise("Events", "The page of events, and who reacts to each, is the code's.")
def test_the_page_of_events_is_the_one_that_make_contracts_writes() -> None:
    assert PAGE.read_text() == page(events_of(), reactions_of_services())


async def count(session: AsyncSession, events: Sequence[AttendanceCounted]) -> None:
    """A reaction of nobody's."""


def test_a_row_gives_the_meaning_the_reactions_and_the_partners_stream_of_an_event() -> None:
    events = {each.type: each for each in (AgreementChanged, AttendanceCounted, SharingRetracted)}
    reactions = {
        "students": [Reaction(AgreementChanged, reevaluations.review_agreements)],
        "outcomes": [Reaction(AttendanceCounted, count)],
    }
    rows = [line for line in page(events, reactions).splitlines() if line.startswith("| `")]
    agreed, counted, retracted = rows
    assert "| A student's attendance in a school year, cumulative to `as_of`; replaces" in counted
    assert "| outcomes: [" in counted and "`count`]" in counted
    assert counted.endswith("| published: school attendance |")
    assert (
        "students: [access/reevaluations `review_agreements`]"
        "(../services/students/access/reevaluations/actions.py) | decided anew |"
    ) in agreed
    assert retracted.endswith("|  | itself |")
