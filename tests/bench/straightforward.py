"""The same answers as they are usually built at first, to stand beside: an HTTP client for each
question, one question after the other; entities with lazy relations; sums in Python; `like` with a
wildcard before and after. It decides nothing about who may see what, and writes nothing down."""

import os
from collections import defaultdict
from datetime import date
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from sqlalchemy import ForeignKey, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from shared.security.principal import Principal, PrincipalSigner


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "person"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    given_name: Mapped[str]
    family_name: Mapped[str]
    search_name: Mapped[str]


class School(Base):
    __tablename__ = "org"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]


class Total(Base):
    __tablename__ = "attendance_total"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id"))
    school_year: Mapped[int]
    days_enrolled: Mapped[int]
    days_attended: Mapped[int]
    as_of: Mapped[date]


class Engagement(Base):
    __tablename__ = "engagement"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id"))
    stage: Mapped[str]


class Student(Base):
    __tablename__ = "student"
    id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    school_id: Mapped[UUID | None] = mapped_column(ForeignKey("org.id"))
    grade: Mapped[str | None]
    person: Mapped[Person] = relationship()
    school: Mapped[School | None] = relationship()
    totals: Mapped[list[Total]] = relationship()
    engagements: Mapped[list[Engagement]] = relationship()


class Enrollment(Base):
    __tablename__ = "enrollment"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    class_id: Mapped[UUID]
    person_id: Mapped[UUID]
    role: Mapped[str]


class Observation(Base):
    __tablename__ = "observation"
    id: Mapped[int] = mapped_column(primary_key=True)
    definition_id: Mapped[UUID]
    period_id: Mapped[int]
    group_id: Mapped[int]
    numerator: Mapped[int]
    denominator: Mapped[int]


class Resource(Base):
    __tablename__ = "resource"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    description: Mapped[str]
    url: Mapped[str]


def _sessions(service: str) -> async_sessionmaker[AsyncSession]:
    url = os.environ[f"{service}_database".upper()].replace("postgresql:", "postgresql+asyncpg:")
    return async_sessionmaker(create_async_engine(url))


app = FastAPI()
signer = PrincipalSigner(os.environ["PRINCIPAL_PRIVATE_KEY"])
caller = Principal.model_validate_json(os.environ["CALLER"])
students, outcomes, resources = (_sessions(s) for s in ("students", "outcomes", "resources"))


async def _ask(service: str, path: str, **headers: str) -> Any:
    token = {"Authorization": f"Bearer {signer.token(caller, service)}"}
    async with httpx.AsyncClient(base_url=os.environ[f"{service}_url".upper()]) as http:
        return (await http.get(path, headers=token | headers)).json()


@app.get("/child/{student_id}")
async def child(student_id: UUID) -> dict[str, Any]:
    base = f"/internal/students/{student_id}"
    picture = await _ask("students", f"{base}/picture")
    grant = picture.pop("grant")
    resources = await _ask("resources", f"{base}/assignments", Grant=grant)
    measures = await _ask("outcomes", f"{base}/measures", Grant=grant)
    return {**picture, "resources": resources, "measures": measures}


def _lazily(session: Any, teacher: UUID) -> list[dict[str, Any]]:
    classes = select(Enrollment.class_id).where(Enrollment.person_id == teacher)
    taught = select(Enrollment.person_id).where(
        Enrollment.class_id.in_(classes), Enrollment.role == "student"
    )
    found = session.scalars(
        select(Student).join(Person).where(Student.id.in_(taught)).order_by(Person.search_name)
        .limit(50)
    )  # fmt: skip
    return [
        {"id": s.id, "name": f"{s.person.given_name} {s.person.family_name}", "grade": s.grade,
         "school": s.school and s.school.name, "engaged": len(s.engagements),
         "days": [t.days_attended for t in sorted(s.totals, key=lambda t: t.school_year)][-1:]}
        for s in found
    ]  # fmt: skip


@app.get("/caseload/{teacher}")
async def caseload(teacher: UUID) -> Any:
    async with students() as session:
        return await session.run_sync(_lazily, teacher)


@app.get("/scorecard")
async def scorecard() -> Any:
    sums: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    async with outcomes() as session:
        for each in await session.scalars(select(Observation)):
            cell = sums[str(each.definition_id), each.period_id, each.group_id]
            cell[0] += each.numerator
            cell[1] += each.denominator
    return [[*key, part / whole if whole else None] for key, (part, whole) in sums.items()]


@app.get("/search/{words}")
async def search(words: str) -> Any:
    like = f"%{words}%"
    wanted = or_(Resource.name.ilike(like), Resource.description.ilike(like))
    async with resources() as session:
        total = await session.scalar(select(func.count()).select_from(Resource).where(wanted))
        found = await session.scalars(select(Resource).where(wanted).limit(20))
        return {
            "total": total,
            "items": [{"id": r.id, "name": r.name, "url": r.url} for r in found],
        }
