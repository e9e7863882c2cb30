"""Which events each consumer hears; the tests need no database."""

import importlib
import pkgutil

import pytest

import shared.contracts
from shared.contracts.base import Event, noun_of
from shared.contracts.students.erasure import StudentErased
from shared.events.inbox import sources_of, subjects_of
from tests.promised import promise
from tests.promises.sources import SERVICES

for module in pkgutil.walk_packages(shared.contracts.__path__, "shared.contracts."):
    importlib.import_module(module.name)

REACTIONS = {
    service: importlib.import_module(f"services.{service}.app").SERVICE.reactions
    for service in SERVICES
}
CONSUMERS = [
    (service, source) for service in SERVICES for source in sources_of(REACTIONS[service])
]
OURS = [event for event in Event.kinds.values() if event.__module__.startswith("shared.")]
# An event whose noun is not its aggregate's reaches nobody who only asks for the aggregate: a
# release beside would find a gap. A new one is therefore named after its aggregate.
NAMED_OTHERWISE = {"students.student.erased.v1", "outcomes.observations.published.v1"}


def hears(service: str, event: type[Event]) -> bool:
    source = event.type.partition(".")[0]
    return any(
        f"{event.type}.".startswith(subject.rstrip(">*"))
        for subject in subjects_of(source, REACTIONS[service])
    )


@promise("Events", "A service hears the aggregates that it reacts to whole, and no others.")
@pytest.mark.parametrize(("service", "source"), CONSUMERS)
def test_a_consumer_hears_whole_aggregates_and_only_those_it_reacts_to(
    service: str, source: str
) -> None:
    """A version that a consumer does not hear is a gap, for which it waits two minutes."""
    theirs = [event for event in OURS if event.type.startswith(f"{source}.")]
    heard = {event.aggregate for event in theirs if hears(service, event)}
    assert {event.type for event in theirs if hears(service, event)} == {
        event.type for event in theirs if event.aggregate in heard
    }
    wanted = {
        each.event.aggregate for each in REACTIONS[service] if each.event.type.startswith(source)
    }
    erasures = {"erasure"} if "student" in wanted else set()  # under the noun of students
    assert heard == wanted | erasures


@promise("Events", "Every service hears of every erasure.")
def test_every_service_hears_of_an_erasure() -> None:
    assert [service for service in SERVICES if hears(service, StudentErased)] == list(SERVICES)


def test_an_event_is_named_after_its_aggregate() -> None:
    assert {each.type for each in OURS if each.aggregate != noun_of(each.type)} == NAMED_OTHERWISE


def test_two_subjects_of_a_consumer_never_overlap() -> None:
    """The broker refuses such a consumer."""
    for service, source in CONSUMERS:
        subjects = subjects_of(source, REACTIONS[service])
        for one in subjects:
            assert not [
                other for other in subjects if other != one and other.startswith(one.rstrip(">*"))
            ]
