"""Accounts: the people who sign in, and the names by which others know them."""

from uuid import UUID

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from shared.contracts.base import Answer, Body

NAME_CHARACTERS = 200


class Account(Answer):
    """A member of staff, by the account whose id stands in other answers."""

    id: UUID
    name: str | None = Field(description="Null until the issuer or the person has given one.")
    partner_names: list[str] = Field(
        description="The partners where the person has a role now, by name; none for an operator."
    )


class OwnProfile(Body):
    """What a person says of themselves."""

    name: str = Field(min_length=1, max_length=NAME_CHARACTERS, examples=["Ann Rivera"])

    @field_validator("name")
    @classmethod
    def _of_one_line(cls, value: str) -> str:
        if not value.isprintable():
            raise PydanticCustomError("name_unprintable", "A name holds no control characters")
        return value


class AccountName(OwnProfile):
    """The account, as the gateway has authenticated its owner, and the name that the owner chose."""

    account_id: UUID
