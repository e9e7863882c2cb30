"""The policy for one child, and the same policy as a condition on lists."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    any_,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.orm import aliased

from services.students.access.disclosures.queries import refusal
from services.students.access.emergency_access.records import emergency_access
from services.students.access.facts.queries import facts, held_by, open_now
from services.students.access.legal_bases import queries as legal_bases
from services.students.access.legal_bases.rules import OWN_GROUNDS
from services.students.access.policy import rules
from services.students.access.policy.rules import Decision
from services.students.access.relations.queries import (
    children_near,
    children_of_partner,
    current,
    districts,
    guardians,
    keeping_partners,
    leaders,
    lesson,
    of_age,
    of_district,
    teachers,
)
from services.students.access.relations.rules import RELATIONS_OF_ROLE, Facts
from services.students.roster.enrollments.records import enrollment
from services.students.roster.students.records import student
from shared.contracts.students.access import Category, Relation
from shared.core.refusals import Forbidden
from shared.persistence.database import Reading
from shared.persistence.queries import unknown
from shared.security.principal import Principal

MOST_ASKED = 1_000


def may_see(caller: Principal, student_id: Any, category: Category) -> ColumnElement[bool]:
    """The condition that the caller may have this category of the child whose id is the column
    `student_id`. It is equal to `rules.decide`."""
    conditions = _lastingly(caller, student_id, category)
    if category in rules.EMERGENCY_CATEGORIES:
        conditions.append(_opened(caller, student_id))
    return or_(false(), *conditions)


def known_lastingly(caller: Principal, student_id: Any = student.id) -> ColumnElement[bool]:
    """The condition that the caller has the child's identity by another ground than an emergency. An
    emergency lasts a day, and must open nothing that outlasts it."""
    return or_(false(), *_lastingly(caller, student_id, Category.IDENTITY))


def stands(
    caller: Principal, student_id: Any, among: Collection[Relation] = tuple(Relation)
) -> ColumnElement[bool]:
    """The condition that the caller has a relation to the child of its own, neither by its partner's
    agreements nor by an emergency. `among`: the relations that count."""
    conditions: list[ColumnElement[bool]] = []
    for relation in RELATIONS_OF_ROLE.get(caller.role, ()):
        if relation in among:
            conditions += _stands(relation, caller, student_id)
    return or_(false(), *conditions)


def may_list(caller: Principal, student_id: Any, category: Category) -> ColumnElement[bool]:
    """`may_see` for lists of children: the same condition, found from the caller's side. A list then
    costs by the number of its children, not by the size of the district."""
    return _near(caller, student_id) & may_see(caller, student_id, category)


def lists_few(caller: Principal) -> bool:
    """Whether the caller may list few of a district's children, and not all."""
    return Relation.DISTRICT not in RELATIONS_OF_ROLE.get(caller.role, ())


def _near(caller: Principal, student_id: Any) -> ColumnElement[bool]:
    """A condition that holds for every child that `may_see` lets in, and for few others."""
    found = [
        select(emergency_access.student_id).where(emergency_access.account_id == caller.account_id)
    ]
    for relation in RELATIONS_OF_ROLE.get(caller.role, ()):
        if relation is Relation.DISTRICT:
            return true()
        found += _children(relation, caller)
    # PostgreSQL finds an array once and expects few elements. Of a subquery it expects many rows, and
    # would read all children of the district beside it.
    near: ColumnElement[bool] = student_id == any_(func.array(union(*found).scalar_subquery()))
    return near


def _children(relation: Relation, caller: Principal) -> list[Select[Any]]:
    if relation is Relation.PARTNER:
        if caller.partner_id is None:
            return []
        return [children_of_partner(caller.partner_id), *legal_bases.near(caller)]
    return [] if caller.person_id is None else [children_near(relation, caller.person_id)]


def _lastingly(
    caller: Principal, student_id: Any, category: Category
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for relation in rules.releases(caller.role, category):
        if relation is Relation.PARTNER:
            conditions += _as_partner(caller, student_id, category)
        else:
            conditions += _stands(relation, caller, student_id)
    return conditions


def _as_partner(
    caller: Principal, student_id: Any, category: Category
) -> list[ColumnElement[bool]]:
    if caller.partner_id is None:
        return []
    found = [legal_bases.shared(caller, student_id, category)]
    if category not in OWN_GROUNDS:
        return found
    return [*_among(keeping_partners(student_id), caller.partner_id), *found]


def _opened(caller: Principal, student_id: Any) -> ColumnElement[bool]:
    return exists().where(
        emergency_access.student_id == student_id,
        *held_by(caller.account_id, caller.role, caller.partner_id),
        *open_now(),
    )


def _stands(relation: Relation, caller: Principal, child: Any) -> list[ColumnElement[bool]]:
    """The conditions of a relation; empty where the caller lacks the id that the relation needs."""
    partner, person = caller.partner_id, caller.person_id
    if relation is Relation.DISTRICT:
        return _among(districts(child), partner)
    return [of_district(child, partner) & held for held in _personally(relation, person, child)]


def _personally(relation: Relation, person: UUID | None, child: Any) -> list[ColumnElement[bool]]:
    match relation:
        case Relation.TEACHER:
            return _among(teachers(child), person)
        case Relation.SCHOOL_LEADER:
            return _among(leaders(child), person)
        case Relation.GUARDIAN:
            return [held & ~of_age(child) for held in _among(guardians(child), person)]
        case Relation.SELF:
            return [] if person is None else [child == person]
        case _:
            return []


def _among(holders: Select[Any], id: UUID | None) -> list[ColumnElement[bool]]:
    if id is None:
        return []
    [column] = holders.selected_columns
    return [holders.where(column == id).exists()]


def participates(caller: Principal, engagement: Any) -> ColumnElement[bool]:
    """The condition that an engagement with the caller's partner is its own record, or that its
    people may have the child's engagements by another ground."""
    told = may_see(caller, engagement.student_id, Category.ENGAGEMENT)
    return and_(engagement.partner_id == caller.partner_id, or_(engagement.own_record, told))


async def decision(
    reader: Reading, caller: Principal, student_id: UUID, *wanted: Category
) -> Decision:
    """The decision on one child, with the refusals of `decided`."""
    return decided(caller, student_id, await facts(reader, caller, student_id), *wanted)


def decided(
    caller: Principal, student_id: UUID, child: Facts | None, *wanted: Category
) -> Decision:
    """The decision on one child. Raises `NotFound("student-unknown")` for an absent child and for a
    hidden one alike, and `Forbidden("category-withheld")` with the clause where all of `wanted` is
    withheld. Each refusal gets its row in the disclosure log."""
    found = None if child is None else rules.decide(caller, child)
    if found is None:
        raise unknown("student", keeping=refusal(caller, student_id, wanted))
    if wanted and found.released.keys().isdisjoint(wanted):
        raise Forbidden(
            "category-withheld",
            found.withheld[wanted[0]],
            keeping=refusal(caller, student_id, wanted),
        )
    return found


async def visible_ids(
    reader: Reading, caller: Principal, ids: list[UUID], category: Category
) -> list[UUID]:
    found = (
        select(student.id)
        .where(student.id.in_(ids), may_see(caller, student.id, category))
        .limit(MOST_ASKED)
    )
    return list((await reader.execute(found)).scalars())


def current_classes(student_id: Any) -> Select[Any]:
    """The ids of the child's classes of today."""
    learns: Any = aliased(enrollment, name="attending")
    return (
        select(lesson.id)
        .join(learns, learns.class_id == lesson.id)
        .where(learns.person_id == student_id, learns.role == literal("student"), current(learns))
    )
