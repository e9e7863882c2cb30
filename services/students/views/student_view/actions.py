"""Disclosing children's pictures, with their rows in the log."""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.access.disclosures.rules import refused
from services.students.views.student_view import queries
from shared.contracts.students.access import Category
from shared.contracts.students.disclosure import Channel
from shared.contracts.students.picture import ChildGrantAnswer, Picture
from shared.core.refusals import Refusal
from shared.http.together import Asked
from shared.persistence.queries import unknown
from shared.security.grants import GrantSigner
from shared.security.principal import Principal

TOLD = frozenset(Category) - {Category.NOTES}
"""The categories that a picture shows, or opens by its grant."""


async def disclose_picture(
    session: AsyncSession, caller: Principal, student_id: UUID, signer: GrantSigner
) -> Picture:
    """The picture with every released category."""
    picture, decision = await queries.picture(session, caller, student_id, signer)
    disclosures.release(session, caller, student_id, decision, TOLD)
    return picture


class Disclosed(NamedTuple):
    """By number: the answers, and the categories that are withheld of each picture among them. And the
    token of all their grants."""

    answers: dict[int, BaseModel | Refusal]
    withheld: dict[str, dict[str, str]]
    grants: str


async def disclose_pictures(
    session: AsyncSession, asked: Sequence[Asked], signer: GrantSigner
) -> Disclosed:
    """The pictures of many children, each with every category that is released to its own caller. A
    child that its caller may not know of is refused like an absent one, and each refusal has its row
    in the log."""
    decided, grants = await queries.pictures(session, asked, signer)
    disclosed = Disclosed({}, {}, grants)
    for n, caller, student_id in asked:
        if n in decided:
            disclosed.answers[n], decision = decided[n]
            disclosed.withheld[str(n)] = {
                each.value: why for each, why in decision.withheld.items()
            }
            disclosures.release(session, caller, student_id, decision, TOLD)
        else:
            disclosed.answers[n] = unknown("student")
            disclosures.record(session, refused(caller, student_id, ()))
    return disclosed


async def give_grant(
    session: AsyncSession,
    caller: Principal,
    student_id: UUID,
    wanted: Collection[Category],
    signer: GrantSigner,
) -> ChildGrantAnswer:
    given, decision = await queries.grant(session, caller, student_id, wanted, signer)
    disclosures.release(session, caller, student_id, decision, wanted, Channel.GRANT)
    return given
