"""The made library, its standards, the partners, and the figures of the seven outcomes."""

import csv
import io
import json
from collections import Counter, defaultdict

from deploy.demonstration.directory import hsds
from deploy.demonstration.indicators import CORE, INDICATORS, body
from deploy.demonstration.library import SHELVES, documents, items
from deploy.demonstration.observations import NEIGHBORHOODS, file, observations
from deploy.demonstration.organizations import ORGANIZATIONS
from deploy.demonstration.partnerships import EVERYBODY, NETWORK, OUTCOMES, PARTNERSHIPS, ZONE
from deploy.demonstration.standards import package, standards, uri_of
from services.outcomes.observations.observation_import.rules import header_faults
from services.resources.exchange.case_packages.rules import Package
from services.resources.exchange.case_packages.rules import read as read_package
from services.resources.exchange.descriptions.rules import read as read_description
from shared.contracts.outcomes.indicator import IndicatorDraft
from shared.contracts.outcomes.outcome import Outcome
from shared.contracts.resources.resource import ResourceDraft
from shared.imports.documents import read
from shared.imports.findings import Findings

YEAR = 2027


def test_the_library_has_2000_resources_that_the_importer_accepts() -> None:
    found = list(read(documents(YEAR), Findings()))
    drafts = [read_description(each.value) for each in found]
    assert len(drafts) == 2000
    assert all(isinstance(draft, ResourceDraft) for draft in drafts)
    assert len({each.url for each in drafts if isinstance(each, ResourceDraft)}) == 2000


def test_resources_differ_in_subject_grade_kind_language_and_licence() -> None:
    made = items(YEAR)
    assert len({item.name for item in made}) == 2000
    assert len({item.subject.code for item in made}) == 5
    assert len({item.grades for item in made}) == 14
    assert len({item.kind.type for item in made}) == 8
    assert len({item.license for item in made}) == 6
    languages = Counter(item.language for item in made)
    assert len(languages) == 10 and languages["es"] > 300


def test_resources_are_aligned_to_standards_of_the_framework() -> None:
    known = {each.uri for each in standards()}
    aligned = {uri_of(code) for item in items(YEAR) for code in item.standards}
    assert aligned <= known and len(aligned) > 300


def test_the_framework_is_a_case_package() -> None:
    found = read_package(json.loads(package()))
    assert isinstance(found, Package)
    assert len(found.items) == len({item.human_coding_scheme for item in found.items}) > 500


def test_no_shelf_is_empty() -> None:
    made = items(YEAR)
    assert all(any(shelf.fits(item) for item in made) for shelf in SHELVES)


def test_the_network_has_forty_partners_a_backbone_an_anchor_and_seven_networks() -> None:
    assert len(NETWORK.members) == len(set(NETWORK.members)) == 40
    roles = Counter(r for each in ORGANIZATIONS for r in NETWORK.roles(each))
    assert roles["backbone"] == roles["anchor"] == 1
    assert [n.outcome for n in NETWORK.networks] == [str(outcome) for outcome in Outcome]
    assert list(OUTCOMES) == [str(outcome) for outcome in Outcome]
    assert all(len(n.members) >= 4 for n in NETWORK.networks)


def test_partnerships_name_partners_and_programs_that_exist() -> None:
    partners = {each.name for each in EVERYBODY}
    programs = [offer.name for each in EVERYBODY for offer in each.offers]
    assert len(set(programs)) == len(programs)
    for each in PARTNERSHIPS:
        assert set(each.members) <= partners and {each.backbone, each.anchor} <= set(each.members)
        for network in each.networks:
            assert set(network.members) <= set(each.members)
        for pipeline in each.pipelines:
            assert set(pipeline.offers) <= set(programs)


def test_the_zones_pipeline_leaves_no_year_out_from_birth_to_college() -> None:
    offers = {offer.name: offer for each in ORGANIZATIONS for offer in each.offers}
    spans = [offers[name].ages for name in ZONE.pipelines[0].offers]
    covered = {age for span in spans if span for age in range(span[0], span[1] + 1)}
    assert covered == set(range(26))


def test_each_id_of_the_directory_stands_for_one_service_or_one_organization() -> None:
    services = json.loads(hsds())
    assert len({each["id"] for each in services}) == len(services) > 15
    by_id: dict[str, set[str]] = defaultdict(set)
    for each in services:
        by_id[each["organization"]["id"]].add(json.dumps(each["organization"]))
    assert all(len(same) == 1 for same in by_id.values())


def test_each_outcome_has_a_core_indicator_and_every_definition_is_whole() -> None:
    drafts = [IndicatorDraft.model_validate(body(each)) for each in INDICATORS]
    assert {d.outcome for d in drafts if d.definition.level == CORE} == set(Outcome)
    assert len({d.key for d in drafts}) == len(drafts)


def test_groups_add_up_to_everybody_in_every_place_and_year() -> None:
    tables: dict[tuple[str, str, int], dict[str, list[tuple[int, int]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for each in observations(YEAR):
        key = (each.indicator.key, each.place.key, each.year)
        tables[key][each.dimension].append((each.numerator, each.denominator))
        if each.indicator.unit == "percent":
            assert 0 <= each.numerator <= each.denominator
    assert len({year for _, _, year in tables}) == 5
    assert len({place for _, place, _ in tables}) == len(NEIGHBORHOODS)
    for table in tables.values():
        (whole,) = table["all"]
        for groups in table.values():
            assert tuple(map(sum, zip(*groups, strict=True))) == whole


def test_the_file_of_observations_has_the_columns_that_the_importer_expects() -> None:
    rows = list(csv.reader(io.StringIO(file(YEAR).decode())))
    assert header_faults(rows[0]) == []
    assert len(rows) > 7000
    assert file(YEAR) == file(YEAR)
