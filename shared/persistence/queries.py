"""Reading rows into answers, the same way everywhere."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar, cast
from uuid import UUID, uuid4

from pydantic import BaseModel, TypeAdapter
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Executable,
    Select,
    TextualSelect,
    and_,
    bindparam,
    case,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.visitors import replacement_traverse
from sqlmodel import SQLModel

from shared.core.refusals import NotFound
from shared.persistence.database import Reading
from shared.security.principal import Principal

A = TypeVar("A", bound=BaseModel)
R = TypeVar("R", bound=SQLModel)

DIALECT = asyncpg.dialect()  # type: ignore[no-untyped-call]


@cache
def columns(answer: type[BaseModel], row: type[SQLModel]) -> Sequence[Any]:
    """The columns of `row` that `answer` has a field for, by name. They are the table's own:
    SQLAlchemy compares mapped attributes anew in every request, at a third of the query's whole
    cost."""
    own = getattr(row, "__table__").c if isinstance(row, type) else {}  # noqa: B009
    return tuple(
        own[name] if name in own else getattr(row, name)
        for name in answer.model_fields
        if hasattr(row, name)
    )


def unknown(noun: str, keeping: object = None) -> NotFound:
    """The 404 for a noun, alike where it is hidden and where it does not exist, so that no answer
    shows which ids exist."""
    return NotFound(
        f"{noun}-unknown", f"There is no such {noun.replace('-', ' ')}.", keeping=keeping
    )


TODAY: ColumnElement[Any] = func.current_date()
"""The database's day, which is the partnership's: whatever ends today ends for every list and every
read at the same moment."""


def in_force(begins_on: Any, ends_on: Any, day: Any = TODAY) -> ColumnElement[bool]:
    """The condition that the day lies between two days, both included. Null is without bound."""
    return and_(or_(begins_on.is_(None), begins_on <= day), or_(ends_on.is_(None), ends_on >= day))


async def one_at_a_time(session: AsyncSession, what: str) -> None:
    """Waits until no other transaction that asked for the same is under way, and holds the turn until
    this one ends."""
    lock = func.pg_advisory_xact_lock(func.hashtextextended(what, 0))
    await session.execute(select(lock))


async def one(reader: Reading, statement: Executable, answer: type[A], noun: str) -> A:
    """The statement's one row as an answer. Raises `NotFound("<noun>-unknown")` where there is
    none."""
    row = (await reader.execute(statement)).one_or_none()
    if row is None:
        raise unknown(noun)
    return answer.model_validate(dict(row._mapping))  # noqa: SLF001


async def many(reader: Reading, statement: Executable, answer: type[A]) -> list[A]:
    """The statement's rows as answers."""
    found = await reader.execute(statement)
    return answers(answer, found.keys(), found.all())


def answers(answer: type[A], names: Iterable[str], rows: Sequence[Sequence[Any]]) -> list[A]:
    """The rows as answers, validated all at once and without SQLAlchemy's mapping of each row:
    these two are half of a list's cost."""
    named = tuple(names)
    return list_of(answer).validate_python([dict(zip(named, row, strict=True)) for row in rows])


@cache
def list_of(answer: type[A]) -> TypeAdapter[list[A]]:
    """What reads many answers at once."""
    return TypeAdapter(list[answer])  # type: ignore[valid-type]


async def row_for_change(
    session: AsyncSession, table: type[R], id: UUID, noun: str, *also: Any
) -> R:
    """The row with this id, locked until the transaction ends. `also`: further conditions under
    which the caller may see it. Raises `NotFound("<noun>-unknown")`."""
    statement = (
        select(table).where(table.id == id, *also).with_for_update()  # type: ignore[attr-defined]
    )
    row: R | None = (await session.execute(statement)).scalar_one_or_none()
    if row is None:
        raise unknown(noun)
    return row


async def all_rows(session: AsyncSession, table: type[R], *where: Any) -> Sequence[R]:
    """Every matching row, locked in the order of their ids so that two writers never deadlock."""
    statement = select(table).where(*where).order_by(table.id).with_for_update()  # type: ignore[attr-defined]
    return (await session.execute(statement)).scalars().all()


def rendered(statement: Select[Any]) -> TextualSelect:
    """The statement as text, with its constants rendered once; its named parameters stay. For a
    large statement on a hot path, where rendering the constants for each request costs more than
    the rest of the round trip."""

    def named(element: Any, **_: Any) -> Any:
        if isinstance(element, BindParameter) and element.required:
            kind = element.type.compile(DIALECT)
            return literal_column(f"cast(@{element.key}@ as {kind})", element.type)
        return None

    kept: Any = replacement_traverse(statement, {}, named)
    sql = str(kept.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True}))
    escaped = re.sub(r"@(\w+)@", r":\1", sql.replace(":", "\\:"))
    columns = [column(str(each.key), each.type) for each in statement.selected_columns]
    return text(escaped).columns(*columns)


class OfCaller(NamedTuple):
    """A statement, and the parameters that bind it to one caller."""

    statement: Select[Any]
    given: dict[str, Any]


def for_callers(build: Callable[[Principal], Select[Any]]) -> Callable[[Principal], OfCaller]:
    """`build`, called once for each kind of caller: to build a large statement from the policy
    takes many times as long as to run it. Callers of one kind differ in their ids alone, which
    become parameters. A caller with closed agreements gets a statement of its own."""
    made: dict[Any, Select[Any]] = {}

    def of_caller(caller: Principal) -> OfCaller:
        if caller.closed_agreements:
            return OfCaller(build(caller), {})
        known = {name: id for name in STAND_INS if (id := getattr(caller, name)) is not None}
        kind = (caller.role, caller.purpose, *known)
        if kind not in made:
            stands_in = {name: STAND_INS[name] for name in known}
            anybody = Principal(**stands_in, role=caller.role, purpose=caller.purpose)
            made[kind] = _named(build(anybody))
        return OfCaller(
            made[kind],
            {f"caller_{name}": id for name, id in known.items()}
            | {f"caller_{name}_alone": [id] for name, id in known.items()},
        )

    return of_caller


STAND_INS = {name: uuid4() for name in ("account_id", "partner_id", "person_id")}


def _named(statement: Select[Any]) -> Select[Any]:
    """The statement with a parameter in the place of each stand-in's id, alone or in a list.
    Raises `AssertionError` where an id stands elsewhere, since it would then be nobody's."""

    def named(element: Any, **_: Any) -> Any:
        if not isinstance(element, BindParameter):
            return None
        for name, id in STAND_INS.items():
            if element.value == id:
                return bindparam(f"caller_{name}", type_=element.type)
            if element.value == [id]:
                return bindparam(f"caller_{name}_alone", type_=element.type)
        if any(str(id) in str(element.value) for id in STAND_INS.values()):
            raise AssertionError(f"an id of the caller in {element.value!r}")
        return None

    found: Any = replacement_traverse(statement, {}, named)
    return cast("Select[Any]", found)


def percent_of(part: Any, whole: Any) -> Any:
    """The share of two whole numbers as `Percent` is written: one decimal, rounded half up, at most
    100; null where the whole is 0."""
    value = func.round(func.least(part, whole) * literal_column("100.0") / whole, 1)
    written = func.to_char(value, literal_column("'FM990.0'"))
    share = func.jsonb_build_object(
        literal_column("'value'"), written, literal_column("'unit'"), literal_column("'percent'")
    )
    return case((whole > 0, share))


def json_rows(statement: Select[Any]) -> Any:
    """All rows of a correlated statement as one JSON array, so that a read stays one statement."""
    fields = [part for c in statement.selected_columns for part in (literal(c.key), c)]
    rows = func.jsonb_agg(func.jsonb_build_object(*fields))
    whole = func.coalesce(rows, literal_column("'[]'::jsonb"))
    return statement.with_only_columns(whole).scalar_subquery()
