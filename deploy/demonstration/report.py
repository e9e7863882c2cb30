"""What a script can start from: the people, and an example of each thing."""

from deploy.demonstration.agreements import PAPERS
from deploy.demonstration.gateway import Json
from deploy.demonstration.library import SHELVES, items
from deploy.demonstration.loading import Loaded
from deploy.demonstration.organizations import ALLIANCE
from deploy.demonstration.partnerships import NETWORK, SHARED_LIBRARY, ZONE
from deploy.demonstration.people import OPERATOR
from deploy.demonstration.world import World


def report(of: World, loaded: Loaded) -> Json:
    """Of people with one role the first is the one to take."""
    membership = loaded.admission.memberships[OPERATOR]
    operator = {
        "role": "operator", "subject": OPERATOR, "name": "the first operator",
        "membership_id": membership["id"], "account_id": membership["account_id"],
    }  # fmt: skip
    return {"people": [*_people(of, loaded), operator], "samples": _samples(of, loaded)}


def _people(of: World, loaded: Loaded) -> list[Json]:
    known = loaded.admission.memberships
    return [
        {
            "role": person.role, "subject": person.subject, "name": person.name,
            "partner": person.partner, "membership_id": known[person.subject]["id"],
            "account_id": known[person.subject]["account_id"],
            "partner_id": known[person.subject]["partner_id"],
            "person_id": known[person.subject]["person_id"],
        }
        for person in of.cast.people
    ]  # fmt: skip


def _samples(of: World, loaded: Loaded) -> Json:
    first = items(of.year)[0]
    directory, students = loaded.directory, loaded.roster.students
    return {
        "school_year": of.year,
        "student_of_teacher": students[of.cast.child.id],
        "student": students[of.cast.student.id],
        "partner": directory.partners[ALLIANCE],
        "program": directory.programs["Reading Den"],
        "agreement": loaded.agreements[PAPERS[0].title],
        "zone_partnership": directory.partnerships[ZONE.name],
        "network_partnership": directory.partnerships[NETWORK.name],
        "library_partnership": directory.partnerships[SHARED_LIBRARY.name],
        "resource": loaded.library.resources[first.url],
        "collection": loaded.library.collections[SHELVES[0].title],
        "framework": loaded.library.framework,
        "scorecard": loaded.scorecards[NETWORK.name],
        "edition": loaded.edition_id,
    }
