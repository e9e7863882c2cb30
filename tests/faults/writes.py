"""What the client was told, against the rows that are there."""

from collections import Counter, defaultdict
from typing import Any

from tests.faults.client import Books
from tests.faults.held import Held


async def lost_writes(rig: Held, books: Books) -> Counter[str]:
    """Acknowledged, and not in the database; or without their event."""
    lost: Counter[str] = Counter()
    said: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for each in books.written:
        said[each.service, each.table].append(each)
    for (service, table), written in said.items():
        there = {str(r["id"]) for r in await rig.rows(service, f'select id from "{table}"')}
        rows = await rig.rows(service, "select aggregate_id::text as id, aggregate_version as v"
                                       " from outbox")  # fmt: skip
        told = {(row["id"], row["v"]) for row in rows}
        for each in written:
            lost[table] += each.id not in there
            if each.version is not None:
                lost[f"{table}'s event"] += (each.id, each.version) not in told
    days = {(str(r["student_id"]), f"{r['held_on']}"): r["category"] for r in await rig.rows(
        "students", "select student_id, held_on, category from attendance_mark")}  # fmt: skip
    lost["attendance_mark"] = sum(days.get(key) != said for key, said in books.days.items())
    marks = {(str(r["session_id"]), str(r["engagement_id"])): r["category"] for r in
             await rig.rows("students", "select * from session_mark")}  # fmt: skip
    lost["session_mark"] = sum(marks.get(key) != said for key, said in books.marks.items())
    done = {str(r["id"]) for r in await rig.rows(
        "outcomes", "select id from import_job where state = 'done'")}  # fmt: skip
    lost["import_job"] = sum(id not in done for id in books.imports)
    return +lost


async def doubled_writes(rig: Held, books: Books) -> int:
    """One POST under one key, and more than one row."""
    doubled = 0
    wanted: dict[tuple[str, str], set[str]] = defaultdict(set)
    for service, column, name in books.names:
        wanted[service, column].add(name)
    for (service, column), names in wanted.items():
        table, _, of = column.partition(".")
        rows = await rig.rows(service, f'select "{of}" as name, count(*) as n from "{table}"'
                                       " group by 1")  # fmt: skip
        doubled += sum(row["n"] - 1 for row in rows if row["name"] in names)
    if uses := sum(each.table == "resource_use" for each in books.written):
        doubled += max(0, await rig.one("resources", "select count(*) from resource_use")
                       - uses - books.uses_before)  # fmt: skip
    return doubled
