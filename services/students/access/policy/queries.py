"""The policy asked of one child, and the same policy as a condition on lists."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
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
from services.students.access.emergency_access.records import EmergencyAccessRow
from services.students.access.facts.queries import facts, held_by, open_now
from services.students.access.legal_bases import queries as grounds
from services.students.access.legal_bases.rules import OWN_GROUNDS
from services.students.access.policy import rules
from services.students.access.policy.rules import Decision
from services.students.access.relations.queries import (
    C,
    children_near,
    children_of_partner,
    current,
    districts,
    guardians,
    leaders,
    of_age,
    of_district,
    partners,
    teachers,
)
from services.students.access.relations.rules import RELATIONS_OF_ROLE, Facts
from services.students.roster.enrollments.records import EnrollmentRow
from services.students.roster.students.records import StudentRow
from shared.contracts.students.access import Category, Relation
from shared.core.refusals import Forbidden
from shared.persistence.database import Reading
from shared.persistence.queries import unknown
from shared.security.principal import Principal

S: Any = StudentRow  # columns, where mypy would see values
X: Any = EmergencyAccessRow
MOST_ASKED = 1_000


def may_see(caller: Principal, student_id: Any, category: Category) -> ColumnElement[bool]:
    """The policy as a condition: of the child whose id is the column `student_id`, the caller
    may have this category. Says the same as `rules.decide`."""
    conditions = _lastingly(caller, student_id, category)
    if category in rules.EMERGENCY_CATEGORIES:
        conditions.append(_opened(caller, student_id))
    return or_(false(), *conditions)


def known_lastingly(caller: Principal, student_id: Any = S.id) -> ColumnElement[bool]:
    """The caller has the child's identity, and not by an emergency, which is for a day: by it
    nobody comes to anything that outlasts it."""
    return or_(false(), *_lastingly(caller, student_id, Category.IDENTITY))


def stands(caller: Principal, student_id: Any) -> ColumnElement[bool]:
    """The caller is something to the child by itself: not by its partner's agreements, and not by
    an emergency."""
    conditions: list[ColumnElement[bool]] = []
    for relation in RELATIONS_OF_ROLE.get(caller.role, ()):
        conditions += _stands(relation, caller, student_id)
    return or_(false(), *conditions)


def may_list(caller: Principal, student_id: Any, category: Category) -> ColumnElement[bool]:
    """`may_see` for lists of children: the same, found from the caller's side, so that a list costs
    by who is on it and not by who is in the district."""
    return _near(caller, student_id) & may_see(caller, student_id, category)


def _near(caller: Principal, student_id: Any) -> ColumnElement[bool]:
    """Leaves out no child that `may_see` lets in."""
    found = [select(X.student_id).where(X.account_id == caller.account_id)]
    for relation in RELATIONS_OF_ROLE.get(caller.role, ()):
        if relation is Relation.DISTRICT:
            return true()
        found += _children(relation, caller)
    # An array, found once, of which PostgreSQL expects few: by a subquery it expects many, and reads
    # all children of the district beside it.
    near: ColumnElement[bool] = student_id == any_(func.array(union(*found).scalar_subquery()))
    return near


def _children(relation: Relation, caller: Principal) -> list[Select[Any]]:
    if relation is Relation.PARTNER:
        if caller.partner_id is None:
            return []
        return [children_of_partner(caller.partner_id), *grounds.near(caller)]
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
    found = [grounds.shared(caller, student_id, category)]
    if category not in OWN_GROUNDS:
        return found
    return [*_among(partners(student_id), caller.partner_id), *found]


def _opened(caller: Principal, student_id: Any) -> ColumnElement[bool]:
    return exists().where(
        X.student_id == student_id,
        *held_by(caller.account_id, caller.role, caller.partner_id),
        *open_now(),
    )


def _stands(relation: Relation, caller: Principal, child: Any) -> list[ColumnElement[bool]]:
    """Empty where the caller lacks the id that the relation is by."""
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


async def decision(
    reader: Reading, caller: Principal, student_id: UUID, *wanted: Category
) -> Decision:
    """As `decided`."""
    return decided(caller, student_id, await facts(reader, caller, student_id), *wanted)


def decided(
    caller: Principal, student_id: UUID, child: Facts | None, *wanted: Category
) -> Decision:
    """Raises `NotFound("student-unknown")` for a child that is none or that the caller may not
    know of, and `Forbidden("category-withheld")` with the clause where all of `wanted` is
    withheld. Each refusal is written down."""
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
    found = select(S.id).where(S.id.in_(ids), may_see(caller, S.id, category)).limit(MOST_ASKED)
    return list((await reader.execute(found)).scalars())


def current_classes(student_id: Any) -> Select[Any]:
    """Ids of the classes the child is in today."""
    learns: Any = aliased(EnrollmentRow, name="attending")
    return (
        select(C.id)
        .join(learns, learns.class_id == C.id)
        .where(learns.person_id == student_id, learns.role == literal("student"), current(learns))
    )
