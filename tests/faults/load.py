"""A steady mixed load of writes through the gateway: partners, programs, memberships, engagements,
sessions and rolls, school attendance, resources, assignments, use, indicators, observations."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

from tests.faults.client import ask
from tests.faults.world import TODAY, Writer
from tests.outcomes.builders import csv_of, indicator, line

ON_A_ROLL = 12


async def register_partner(w: Writer) -> None:
    name = w.tag()
    body = {"name": name, "kind": "community_organization"}
    found = await w.write("partners", "partner", w.world.operator, "POST", "/v1/partners", body)
    w.keep("partner", found, ("partners", "partner.name", name))


async def rename_partner(w: Writer) -> None:
    if (partner := w.pick("partner")) is None:
        return await register_partner(w)
    found = await w.write("partners", "partner", w.world.operator, "PATCH",
                          f"/v1/partners/{partner['id']}", {"description": w.tag()},
                          partner["version"])  # fmt: skip
    partner.update(found or {})
    return None


async def open_program(w: Writer) -> None:
    name = w.tag()
    body = {"partner_id": w.world.district, "name": name}
    found = await w.write("partners", "program", w.world.admin, "POST", "/v1/programs", body)
    w.keep("program", found, ("partners", "program.name", name))


async def change_program(w: Writer) -> None:
    if (program := w.pick("program")) is None:
        return await open_program(w)
    found = await w.write("partners", "program", w.world.admin, "PATCH",
                          f"/v1/programs/{program['id']}",
                          {"capacity": w.chance.randint(500, 900)}, program["version"])  # fmt: skip
    program.update(found or {})
    return None


async def join_or_leave(w: Writer) -> None:
    if not w.own.get("partnership"):
        name = w.tag()
        body = {"name": name, "purpose": "Every child reads."}
        found = await w.write("partners", "partnership", w.world.operator, "POST",
                              "/v1/partnerships", body)  # fmt: skip
        return w.keep("partnership", found, ("partners", "partnership.name", name))
    if (partner := w.pick("partner")) is None:
        return await register_partner(w)
    members = f"/v1/partnerships/{w.own['partnership'][0]['id']}/members"
    if partner["id"] in w.joined:
        w.joined.remove(partner["id"])
        await w.write("partners", "partnership", w.world.operator, "POST",
                      f"{members}/{partner['id']}/departure", {})  # fmt: skip
    else:
        w.joined.append(partner["id"])
        body = {"partner_id": partner["id"], "roles": ["member"]}
        await ask(w.world.operator, w.books, "POST", members, body)
    return None


async def engage(w: Writer) -> None:
    engaged = {(each["student_id"], each["program_id"]) for each in w.own.get("engagement", [])}
    for program in w.own.get("program", []):
        free = [s for s in w.world.students if (s, program["id"]) not in engaged]
        if len(free) > len(w.world.students) // 2:
            body = {"student_id": w.chance.choice(free), "program_id": program["id"],
                    "stage": "enrolled"}  # fmt: skip
            found = await w.write("students", "engagement", w.world.admin, "POST",
                                  "/v1/engagements", body)  # fmt: skip
            return w.keep("engagement", found)
    return await open_program(w)


async def move_on(w: Writer) -> None:
    enrolled = [e for e in w.own.get("engagement", []) if e["stage"] == "enrolled"]
    if not enrolled:
        return await engage(w)
    one = w.chance.choice(enrolled)
    found = await w.write("students", "engagement", w.world.admin, "POST",
                          f"/v1/engagements/{one['id']}/steps", {"stage": "active"},
                          one["version"])  # fmt: skip
    one.update(found or {})
    return None


async def hold_session(w: Writer) -> None:
    """Plans one, and calls its roll: dosage grows, here and in outcomes."""
    engagements = w.own.get("engagement", [])
    if not engagements:
        return await engage(w)
    program = w.chance.choice(engagements)["program_id"]
    place = w.tag()
    body = {"program_id": program, "held_on": f"{TODAY}", "minutes": w.chance.randint(20, 60),
            "place": place}  # fmt: skip
    found = await w.write(
        "students", "program_session", w.world.admin, "POST", "/v1/sessions", body
    )
    w.keep("session", found, ("students", "program_session.place", place))
    if found is None:
        return None
    present = [e["id"] for e in engagements if e["program_id"] == program]
    marks = [{"engagement_id": id, "category": "Present"} for id in present]
    called = await ask(w.world.admin, w.books, "PUT", f"/v1/sessions/{found['id']}/attendance",
                       {"marks": marks})  # fmt: skip
    if called is not None:
        w.books.marks.update({(found["id"], id): "Present" for id in present})
    return None


async def call_roll(w: Writer) -> None:
    """Of a day that no other writer touches, in a school year without a calendar."""
    w.day += 1
    last = date(TODAY.year - (TODAY.month < 7), 6, 30)
    day = last - timedelta(days=(w.day * w.of + w.number) % 2_000)
    children = w.chance.sample(w.world.students, min(ON_A_ROLL, len(w.world.students)))
    said = {child: w.chance.choice(("Present", "Tardy", "Excused Absence")) for child in children}
    body = {"marks": [{"student_id": s, "category": c} for s, c in said.items()]}
    path = f"/v1/schools/{w.world.school}/attendance/{day}"
    if await ask(w.world.admin, w.books, "PUT", path, body) is not None:
        w.books.days.update({(child, f"{day}"): category for child, category in said.items()})


async def publish_resource(w: Writer) -> None:
    name = w.tag()
    body = {"name": name, "url": f"https://library.example/{name}"}
    found = await w.write("resources", "resource", w.world.admin, "POST", "/v1/resources", body)
    w.keep("resource", found, ("resources", "resource.name", name))


async def assign(w: Writer) -> None:
    if (resource := w.pick("resource")) is None:
        return await publish_resource(w)
    words = w.tag()
    body = {"resource_id": resource["id"], "student_id": w.chance.choice(w.world.students),
            "instructions": words}  # fmt: skip
    found = await w.write(
        "resources", "assignment", w.world.admin, "POST", "/v1/assignments", body
    )
    return w.keep("assignment", found, ("resources", "assignment.instructions", words))


async def finish(w: Writer) -> None:
    open_ones = [a for a in w.own.get("assignment", []) if not a.get("finished")]
    if not open_ones:
        return await assign(w)
    one = w.chance.choice(open_ones)
    one["finished"] = True
    await w.write("resources", "completion", w.world.admin, "POST",
                  f"/v1/assignments/{one['id']}/completions",
                  {"student_id": one["student_id"]})  # fmt: skip
    return None


async def use(w: Writer) -> None:
    if (resource := w.pick("resource")) is None:
        return await publish_resource(w)
    await w.write("resources", "resource_use", w.world.admin, "POST",
                  f"/v1/resources/{resource['id']}/uses",
                  {"kind": "opened", "minutes": w.chance.randint(1, 60)})  # fmt: skip
    return None


async def observe(w: Writer) -> None:
    """A file of observations, in an import; the first time the indicator that it is of."""
    if not w.own.get("indicator"):
        key = f"reading_{w.world.tag}{w.number}"
        found = await w.write("outcomes", "indicator", w.world.backbone, "POST", "/v1/indicators",
                              indicator(key))  # fmt: skip
        return w.keep("indicator", found, ("outcomes", "indicator.key", key))
    place = w.tag()
    file = csv_of([line(indicator=f"reading_{w.world.tag}{w.number}", place=place, numerator=w.chance.randint(
        100, 300), denominator=300)])  # fmt: skip
    found = await ask(w.world.backbone, w.books, "POST", "/v1/imports/observations",
                      files={"file": ("observations.csv", file)})  # fmt: skip
    if found is not None:
        w.books.imports.append(found["id"])
        w.books.names.setdefault(("outcomes", "observed_place.key", place), []).append("")
    return None


WRITES: dict[Callable[[Writer], Awaitable[None]], int] = {
    register_partner: 3, rename_partner: 4, open_program: 1, change_program: 3, join_or_leave: 3,
    engage: 5, move_on: 3, hold_session: 4, call_roll: 6, publish_resource: 2, assign: 4,
    finish: 3, use: 3, observe: 1,
}  # fmt: skip
"""And how often each, of 45."""
