"""What tests of outcomes are built of."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from shared.contracts.partners.partner import PartnerKind, PartnerRegistered, PartnerStatus
from shared.contracts.partners.partnership import (
    MemberJoined,
    MemberRole,
    PartnershipFormed,
    PartnershipStatus,
)
from shared.security.principal import Principal, Role
from tests.houses import House, principal

BACKBONE = principal(Role.BACKBONE)
ANALYST = principal(Role.ANALYST)
TEACHER = principal(Role.EDUCATOR)
PUBLIC = principal(Role.PUBLIC, account_id=UUID(int=0))
HEADER = (
    "indicator,definition_version,place_kind,place,period,dimension,group,numerator,denominator,"
    "value,n,as_of,source,place_name"
)
DISTRICT = {"kind": "district", "key": "255901", "name": "Grand Bend ISD"}
ROSTER = {"kind": "roster", "key": "all", "name": "All schools on the roster"}


def definition(**more: Any) -> dict[str, Any]:
    return {
        "level": "core",
        "unit": "percent",
        "direction": "higher_is_better",
        "period_kind": "school_year",
        "universe": "Students enrolled in grade 3 on the day of the state test",
        "numerator": "Of those, students proficient in reading",
        "denominator": "Students with a valid score",
        "source": "State assessment file",
        "formula": "proficient / tested",
    } | more


def indicator(key: str = "grade3_reading", **more: Any) -> dict[str, Any]:
    return {
        "key": key,
        "name": "Reading in grade 3",
        "outcome": "Early Grade Reading",
        "derivation": None,
        "definition": definition(),
    } | more


def line(
    period: str = "2023-2024",
    dimension: str = "all",
    group: str = "all",
    numerator: Any = 150,
    denominator: Any = 300,
    **more: Any,
) -> str:
    cells = {
        "indicator": "grade3_reading", "definition_version": 1, "place_kind": "district",
        "place": "255901", "period": period, "dimension": dimension, "group": group,
        "numerator": numerator, "denominator": denominator, "value": "", "n": "",
        "as_of": "2025-07-01", "source": "State file", "place_name": "Grand Bend ISD",
    }  # fmt: skip
    return ",".join(str(cell) for cell in (cells | more).values())


def csv_of(lines: Iterable[str], header: str = HEADER) -> bytes:
    return "\n".join([header, *lines, ""]).encode()


async def define(house: House, **more: Any) -> dict[str, Any]:
    async with house.calling(ANALYST) as http:
        made = await http.post("/v1/indicators", json=indicator(**more))
    assert made.status_code == 201, made.text
    answer: dict[str, Any] = made.json()
    return answer


async def redefine(house: House, indicator_id: str, **more: Any) -> dict[str, Any]:
    """The indicator with another definition, which differs from the usual one by `more`."""
    address = f"/v1/indicators/{indicator_id}"
    async with house.calling(await leading_all(house)) as http:
        headers = {"If-Match": (await http.get(address)).headers["etag"]}
        wanted = definition(**more)
        made = await http.post(f"{address}/definitions", json=wanted, headers=headers)
    assert made.status_code == 201, made.text
    answer: dict[str, Any] = made.json()
    return answer


async def take_in(house: House, *lines: str) -> dict[str, Any]:
    return await house.import_file("observations", csv_of(lines), await leading_all(house))


def leading(*partnership_ids: UUID | str) -> Principal:
    """Staff of the backbone of these partnerships."""
    return principal(Role.BACKBONE, leads=frozenset(UUID(str(id)) for id in partnership_ids))


async def leading_all(house: House) -> Principal:
    """Staff of the backbone of every partnership that there is."""
    return leading(
        *(
            row["id"]
            for row in await house.rows("select partnership_id as id from measured_partnership")
        )
    )


async def form_partnership(house: House, name: str = "Riverside Promise") -> UUID:
    partnership_id = uuid4()
    await house.hear(
        PartnershipFormed(
            partnership_id=partnership_id, name=name, place=None, status=PartnershipStatus.ACTIVE
        )
    )
    return partnership_id


async def add_member(house: House, partnership_id: UUID, name: str) -> UUID:
    partner_id = uuid4()
    await house.hear(
        PartnerRegistered(
            partner_id=partner_id, name=name, kind=PartnerKind.COMMUNITY_ORGANIZATION,
            status=PartnerStatus.ACTIVE,
        ),
        joined(partnership_id, partner_id, name),
    )  # fmt: skip
    return partner_id


def joined(partnership_id: UUID, partner_id: UUID, name: str) -> MemberJoined:
    return MemberJoined(
        partnership_id=partnership_id, partner_id=partner_id, name=name,
        roles=[MemberRole.MEMBER], joined_on=date(2025, 1, 1), remaining_partnerships=1,
    )  # fmt: skip


async def make_scorecard(
    house: House, partnership_id: UUID, indicators: list[str], **more: Any
) -> dict[str, Any]:
    draft = {
        "partnership_id": str(partnership_id),
        "title": "How we stand",
        "places": [DISTRICT, ROSTER],
        "indicators": indicators,
    }
    async with house.calling(leading(partnership_id)) as http:
        made = await http.post("/v1/scorecards", json=draft | more)
    assert made.status_code == 201, made.text
    answer: dict[str, Any] = made.json()
    return answer


async def report_of(house: House, scorecard_id: str) -> dict[str, Any]:
    async with house.calling(await leading_all(house)) as http:
        read = await http.get(f"/v1/scorecards/{scorecard_id}/report")
    assert read.status_code == 200, read.text
    answer: dict[str, Any] = read.json()
    return answer


def series(report: dict[str, Any], group: str = "all", indicator: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = next(
        s for s in report["indicators"][indicator]["groups"] if s["group"] == group
    )
    return found


async def publish(house: House, scorecard_id: str) -> dict[str, Any]:
    async with house.calling(await leading_all(house)) as http:
        made = await http.post(f"/v1/scorecards/{scorecard_id}/editions")
    assert made.status_code == 201, made.text
    answer: dict[str, Any] = made.json()
    return answer
