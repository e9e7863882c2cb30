"""What a thousand students cost a year on the smallest machine that holds a county, worked out from
the figures of `held`, `growth` and `soak`: `python -m tests.bench cost [price a month] [students]`.

What is assumed is named as such and stands in the file: the machine's price, how many children a
county has, and how often one is asked about in the busiest hour. Nothing here is measured anew."""

import json
import math
from typing import Any

from tests.bench.figures import Paper, found
from tests.proof.shape import Figures

PRICE_A_MONTH = 40.0
STUDENTS = 30_000
PEAK_SHARE, REQUESTS_AN_HOUR = 0.10, 20
SPARE = 2.0
HOUR = 3_600
GROUPS = (10_000, 30_000, 100_000, 300_000)


def worked_out(held: Figures, soak: Figures | None, price: float, students: int) -> Figures:
    """`held`: of the benchmark of that name."""
    rate, on = held["held"]["rate"], held["machine"]
    assumed = {
        "price_of_such_a_machine_a_month": price, "students_of_the_county": students,
        "share_of_students_asked_about_in_the_busiest_hour": PEAK_SHARE,
        "requests_for_each_of_them": REQUESTS_AN_HOUR,
        "requests_held_for_each_that_is_asked": SPARE,
    }  # fmt: skip
    rows = [_row(rate, each, price) for each in sorted({*GROUPS, students})]
    return {
        "assumed": assumed,
        "machine_measured": {key: on[key] for key in ("cores", "memory_gib", "processor")},
        "requests_held_a_second": rate, "rows": rows,
        "a_thousand_students_a_year": next(
            r["a_thousand_students_a_year"] for r in rows if r["students"] == students),
        "memory_of_all_processes_mebibytes": _memory(soak),
    }  # fmt: skip


def _row(rate: float, students: int, price: float) -> dict[str, Any]:
    asked = students * PEAK_SHARE * REQUESTS_AN_HOUR / HOUR
    machines = max(1, math.ceil(asked * SPARE / rate))
    return {
        "students": students, "asked_a_second_in_the_busiest_hour": round(asked, 1),
        "machines": machines, "a_year": round(machines * price * 12),
        "a_thousand_students_a_year": round(machines * price * 12 / students * 1000, 2),
    }  # fmt: skip


def _memory(soak: Figures | None) -> int | None:
    if soak is None:
        return None
    return round(sum(row["to"] for row in soak["second_half"]["mebibytes"].values()))


async def main(price: float = PRICE_A_MONTH, students: float = STUDENTS) -> None:
    paper = Paper("cost", f"python -m tests.bench cost {price:g} {students:.0f}")
    held = found("held")
    if held is None:
        raise SystemExit("cost is worked out from held: python -m tests.bench held")
    figures = worked_out(held, found("soak"), price, int(students))
    paper.write(figures, (
        "the price of a machine: it is assumed, and a parameter",
        "more than one machine: rows with more assume that each holds as much as the one measured",
        "people who run it, backups elsewhere, traffic",
    ))  # fmt: skip
    print(json.dumps(figures["rows"], indent=1))
