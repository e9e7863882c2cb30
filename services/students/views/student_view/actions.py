"""Disclosing a child's picture, with its rows in the log."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.views.student_view import queries
from shared.contracts.students.access import Category
from shared.contracts.students.disclosure import Channel
from shared.contracts.students.picture import ChildGrantAnswer, Picture
from shared.security.grants import GrantSigner
from shared.security.principal import Principal

NOT_SHOWN = {Category.NOTES}
"""The categories that a picture does not show."""


async def disclose_picture(
    session: AsyncSession, caller: Principal, student_id: UUID, signer: GrantSigner
) -> Picture:
    """The picture with every released category. It discloses resources and measures by its grant."""
    picture, decision = await queries.picture(session, caller, student_id, signer)
    told = set(Category) - NOT_SHOWN
    disclosures.release(session, caller, student_id, decision, told)
    return picture


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
