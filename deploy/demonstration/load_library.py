"""Loads standards, the library, collections; then assignments, and who finished them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from deploy.demonstration.gateway import Caller, Json, NotLoaded, together
from deploy.demonstration.library import SHELF_PLACES, SHELVES, Item, documents, items
from deploy.demonstration.load_students import Roster
from deploy.demonstration.people import Cast
from deploy.demonstration.standards import TITLE, package

Shown = Callable[[float], None]
TO_CLASS, TO_CHILD = 4, 2
FINISHED_PER_CENT = (75, 45, 20, 0)
"""Of the class, for each resource it was given."""


@dataclass
class Library:
    """Resources and collections by address and title."""

    resources: dict[str, str]
    collections: dict[str, str]
    framework: str


async def load_standards(caller: Caller, shown: Shown) -> None:
    await caller.imported("standards", ("standards.json", package()), shown)


async def load_resources(caller: Caller, year: int, shown: Shown) -> Library:
    await caller.imported("learning-resources", ("library.jsonl", documents(year)), shown)
    own = await caller.every("/v1/resources/own")
    frameworks = await caller.every("/v1/frameworks")
    shelves = {
        each["title"]: each["id"] for each in await caller.every("/v1/collections", mine=True)
    }
    library = Library(
        {each["url"]: each["id"] for each in own}, shelves,
        next(each["id"] for each in frameworks if each["title"] == TITLE),
    )  # fmt: skip
    there = items(year)
    for shelf in SHELVES:
        if shelf.title not in shelves:
            body = {
                "title": shelf.title, "description": shelf.description, "shared": True,
                "resource_ids": [
                    library.resources[item.url] for item in there if shelf.fits(item)
                ][:SHELF_PLACES],
            }  # fmt: skip
            made = await caller.post("/v1/collections", body, f"shelf {len(shelves)}")
            shelves[shelf.title] = made["id"]
    return library


async def load_assignments(
    teacher: Caller, student: Caller, of: Cast, year: int, library: Library, known: Roster,
    shown: Shown,
) -> None:  # fmt: skip
    """The teacher gives resources to the homeroom and to one child; some have finished. What was
    given before is found again by its title."""
    for_class = fitting(items(year), of.homeroom.course.grade)
    named = f"{of.homeroom.title}"
    homeroom = next(
        each for each in await teacher.every("/v1/classes") if each["title"] == named
    )  # fmt: skip
    given = {each["title"]: each for each in await teacher.every("/v1/assignments")}
    children = [known.students[each.id] for each in of.homeroom.students]
    for number, item in enumerate(for_class[: TO_CLASS + TO_CHILD]):
        whom = (
            {"class_id": homeroom["id"]} if number < TO_CLASS
            else {"student_id": known.students[of.child.id]}
        )  # fmt: skip
        body = {
            **whom, "resource_id": library.resources[item.url],
            "due_on": f"{date(year, 5, 10 + number)}", "instructions": "Take your time.",
        }  # fmt: skip
        if item.name not in given:
            given[item.name] = await teacher.post("/v1/assignments", body, f"give {number}")
    finished = [
        (given[item.name], child)
        for item, share in zip(for_class, FINISHED_PER_CENT, strict=False)
        for child in children[: len(children) * share // 100]
    ]
    await together((_finish(teacher, each, child) for each, child in finished), shown)
    own = fitting(items(year), of.student.grade)[:3]
    await together((_use(student, library, item) for item in own), shown)


async def _finish(teacher: Caller, assignment: Json, child: str) -> None:
    path = f"/v1/assignments/{assignment['id']}/completions"
    try:
        await teacher.post(path, {"student_id": child}, f"finish {assignment['id']} {child}")
    except NotLoaded as refused:
        if refused.code != "already-finished":
            raise


async def _use(student: Caller, library: Library, item: Item) -> None:
    path = f"/v1/resources/{library.resources[item.url]}/uses"
    await student.post(path, {"kind": "opened", "minutes": 12}, f"open {item.number}")


def fitting(of: Sequence[Item], grade: str) -> list[Item]:
    """For students of the grade, in English."""
    return [
        each
        for each in of
        if each.grades == (grade,) and each.kind.audience == "student" and each.language == "en"
    ]
