"""The dashboard and the alerts use exported series, and lead to a page that helps."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import promql_parser as promql
import pytest
import yaml
from prometheus_client import REGISTRY, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from gateway.authentication.access_tokens import AccessTokens
from gateway.upstream.client import Reply, down
from gateway.views.parts import Parts
from services.partners import app as partners_app
from services.students import app as students_app
from services.students.audit import assembly as students_audit
from shared.core.refusals import Unauthenticated
from shared.imports.jobs import ImportKind, carry_out_next
from shared.persistence.gauges import look_at, watch_pools
from shared.security.permissions import Permission
from shared.security.principal import Role
from tests.houses import House, principal
from tests.operating.chapters import PAGE, ROOT, anchor, chapters
from tests.promised import promise

FOLDER = ROOT / "deploy" / "observability"
OF_PROMETHEUS = {"job", "instance"}
ALLOWED_LABELS = {
    "service", "method", "route", "status", "outbox", "consumer", "result", "kind", "state",
    "pool", "stream", "outcome", "lane", "reason", "issuer",
}  # fmt: skip
SUFFIXES = ("_bucket", "_count", "_sum")
GIVEN = """
import json
from prometheus_client import REGISTRY
import gateway.app, services.partners.app, services.students.app
import services.resources.app, services.outcomes.app
print(json.dumps({
    name: [*collector._labelnames, *(["le"] if name.endswith("_bucket") else [])]
    for name, collector in REGISTRY._names_to_collectors.items() if hasattr(collector, "_labelnames")
}))
"""


@cache
def given() -> dict[str, set[str]]:
    """Every series of the five processes, with its labels, and those of the process itself."""
    run = subprocess.run(
        [sys.executable, "-c", GIVEN], cwd=ROOT, capture_output=True, text=True, check=True
    )
    known = {name: set(labels) for name, labels in json.loads(run.stdout).items()}
    of_process = re.findall(r"^(process_\w+) ", generate_latest(REGISTRY).decode(), re.MULTILINE)
    return known | {"up": set()} | {name: set() for name in of_process}


def alerts() -> list[dict[str, Any]]:
    read = yaml.safe_load((FOLDER / "alerts.yml").read_text())
    return [rule for group in read["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / "dashboard.json").read_text())["panels"]
    return found


EXPRESSIONS = [rule["expr"] for rule in alerts()] + [
    target["expr"] for panel in panels() for target in panel["targets"]
]


def parts(expression: Any) -> Iterator[Any]:
    """Every part of a parsed expression."""
    found: list[Any] = []
    promql.walk(expression, found.append)
    yield from found


def named(expression: str) -> Iterator[tuple[str, set[str]]]:
    """Each series it asks for, with the labels by which it is asked, grouped or matched."""
    parsed = list(parts(promql.parse(expression)))
    grouping: set[str] = set()
    for part in parsed:
        if isinstance(part, promql.AggregateExpr) and part.modifier is not None:
            grouping |= set(part.modifier.labels)
        if isinstance(part, promql.BinaryExpr) and part.modifier is not None:
            matching = part.modifier.matching
            grouping |= set(matching.labels) if matching is not None else set()
    for part in parsed:
        if isinstance(part, promql.VectorSelector):
            yield part.name, {m.name for m in part.matchers.matchers} | grouping


@promise(
    "Operation",
    "The dashboard and the alerts ask only for series and labels that the processes give.",
)
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_series_and_label_of_the_dashboard_and_the_alerts_is_exported(
    expression: str,
) -> None:
    asked = list(named(expression))
    assert asked
    for series, labels in asked:
        assert series in given(), series
        assert labels <= given()[series] | OF_PROMETHEUS, (series, labels)


def test_a_series_or_label_that_no_process_exports_is_found() -> None:
    [(series, labels)] = named('sum by (nobody) (rate(http_request_secs_count{status="1"}[5m]))')
    assert series not in given()
    assert labels == {"nobody", "status"}


@promise("Operation", "Each alert leads to a chapter.")
def test_every_alert_leads_to_a_chapter_with_commands_or_words_that_help() -> None:
    there = {f"docs/operating.md#{anchor(name)}" for name in chapters(PAGE.read_text())}
    for rule in alerts():
        assert rule["annotations"]["runbook"] in there, rule["alert"]
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"]
    assert len({rule["alert"] for rule in alerts()}) == len(alerts())


def test_the_text_of_an_alert_names_only_labels_that_its_expression_keeps() -> None:
    for rule in alerts():
        said = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
        aggregated = [
            set(part.modifier.labels) if part.modifier is not None else set()
            for part in parts(promql.parse(rule["expr"]))
            if isinstance(part, promql.AggregateExpr)
        ]
        for left in aggregated:
            assert said <= left, rule["alert"]


@promise("Operation", "Labels of metrics are few, and hold no id and no name.")
def test_labels_are_few_and_none_can_hold_a_name_or_an_id() -> None:
    for series, labels in given().items():
        assert labels - {"le"} <= ALLOWED_LABELS, series


@promise("Operation", "Labels of metrics are few, and hold no id and no name.")
async def test_a_label_never_holds_an_id_whatever_address_a_client_requests(
    partners: House,
) -> None:
    """Ids in the path, paths that there are not, methods that there are not."""
    before = _series()
    async with partners.calling(principal(Role.OPERATOR)) as http:
        for n in range(30):
            await http.get(f"/v1/partners/{uuid4()}")
            await http.get(f"/v1/{uuid4()}/{n}")
            await http.request("GET", f"/v1/partners?name=Zoe{n}")
    made = _series() - before
    assert len(made) < 60
    for _, labels in made:
        assert not re.search(r"[0-9a-f]{8}-|Zoe", str(labels)), labels


def _series() -> set[tuple[str, tuple[tuple[str, str], ...]]]:
    families = text_string_to_metric_families(generate_latest(REGISTRY).decode())
    return {
        (sample.name, tuple(sorted(sample.labels.items())))
        for family in families
        for sample in family.samples
    }


async def test_every_gauge_can_be_read_from_an_empty_database(
    partners: House, students: House
) -> None:
    watched = {"partners": partners_app.SERVICE.gauges, "students": students_app.SERVICE.gauges}
    for house in (partners, students):
        for each in watched[house.name]:
            each.gauge.set(-1)
        await look_at(house.database, watched[house.name])
        assert {each.gauge._value.get() for each in watched[house.name]} == {0}


async def test_a_gauge_shows_the_age_of_the_oldest_disclosure_that_is_not_sealed(
    students: House,
) -> None:
    await students.rows(
        "insert into disclosure (at, student_id, account_id, role, purpose, channel, outcome,"
        " categories, further_parties) values (now() - interval '90 seconds', gen_random_uuid(),"
        " gen_random_uuid(), 'educator', 'education', 'child', 'refused', '{}', '{}')"
        " returning position"
    )
    await look_at(students.database, students_audit.AREA.gauges)
    assert students_audit.AREA.gauges[0].gauge._value.get() >= 90


def test_prometheus_is_configured_to_scrape_every_process() -> None:
    read = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    [job] = read["scrape_configs"]
    names = {name for where in job["dns_sd_configs"] for name in where["names"]}
    assert names == {"partners", "students", "resources", "outcomes", "gateway"}
    assert all((FOLDER / file).exists() for file in read["rule_files"])
    assert Path(FOLDER / "alerts.yml").exists()


def value(series: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(series, labels) or 0.0


async def test_each_part_of_a_view_is_counted_by_its_outcome() -> None:
    outcomes = ("found", "absent", "withheld", "unavailable")
    before = {
        each: value("view_parts_total", service="students", outcome=each) for each in outcomes
    }
    refused = b'{"code": "not-yours", "detail": "No.", "status": 403, "title": "Forbidden"}'

    async def answered(status: int, body: bytes) -> Reply:
        return Reply(status, {}, body, "students")

    async def away() -> Reply:
        raise down("students")

    await Parts().gather({
        "one": ("students", answered(200, b"{}")),
        "two": ("students", answered(404, b"{}")),
        "three": ("students", answered(403, refused)),
        "four": ("students", away()),
    })  # fmt: skip
    for each in outcomes:
        assert value("view_parts_total", service="students", outcome=each) == before[each] + 1


async def test_a_token_that_the_gateway_rejects_is_counted() -> None:
    before = value("sign_ins_refused_total", reason="not-a-jwt")
    with pytest.raises(Unauthenticated):
        await AccessTokens(frozenset({"here"}), {}).identity("a.b.c")
    assert value("sign_ins_refused_total", reason="not-a-jwt") == before + 1


async def test_a_gauge_shows_a_database_connection_in_use(partners: House) -> None:
    watch_pools(partners.database)
    async with partners.database.reading():
        assert value("database_pool_in_use", service="partners", pool="readers") == 1
    assert value("database_pool_in_use", service="partners", pool="readers") == 0
    assert value("database_pool_size", service="partners", pool="readers") == 5


async def test_an_import_that_fails_without_a_fault_of_its_file_is_counted(
    partners: House,
) -> None:
    async def broken(*_: Any) -> dict[str, int]:
        raise KeyError

    before = value("imports_failed_total", kind="broken")
    await partners.rows(
        "insert into import_job (id, kind, state, caller, account_id, file, counts, problems,"
        " problem_count, created_at) values (gen_random_uuid(), 'broken', 'queued',"
        " cast(:caller as jsonb), gen_random_uuid(), '', '{}', '[]', 0, now()) returning id",
        caller=principal(Role.OPERATOR).model_dump_json(),
    )
    kind = ImportKind("broken", Permission.LIBRARY_IMPORT, broken, "", "")
    assert await carry_out_next(partners.database, {"broken": kind})
    assert value("imports_failed_total", kind="broken") == before + 1
