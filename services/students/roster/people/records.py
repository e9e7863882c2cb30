"""The tables of people and of their roles in schools."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, String, text
from sqlmodel import Field, SQLModel

from shared.contracts.students.school import RosterStatus
from shared.persistence.records import new_id

NAMES = (
    "given_name",
    "family_name",
    "middle_name",
    "preferred_given_name",
    "preferred_family_name",
)
WORDS = f"name_words({', '.join(NAMES)})"
"""The words of every name of a person, folded, as an index has them (shared/persistence/folding.py)."""


class PersonRow(SQLModel, table=True):
    """One user of a source. A teacher who is also a parent may be one person or two: the source
    decides. A person has no version: its changes are announced as changes of the child."""

    __tablename__ = "person"
    __table_args__: ClassVar = (
        Index("person_of_source", "source", "source_id", unique=True),
        Index("person_by_name", "search_name", "id"),
        Index("person_by_word", text(WORDS), postgresql_using="gin"),
        Index("person_by_identifier", "identifier"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    source: UUID
    """The partner id of the district whose register it is."""
    source_id: str | None = None
    """The sourcedId; null for a person who was entered by hand."""
    given_name: str
    family_name: str
    """Empty for a person with one name, which is the given name."""
    middle_name: str | None = None
    preferred_given_name: str | None = None
    preferred_family_name: str | None = None
    search_name: str = Field(sa_type=String(collation="C"))
    """The family name, where there is one, and the given name in small letters: the order of
    lists."""
    identifier: str | None = None
    email: str | None = None
    sms: str | None = None
    phone: str | None = None
    language: str | None = None
    do_not_publish: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    """The person's telephone and e-mail are kept from the other contacts of each child (Ed-Fi
    `DoNotPublishIndicator`). No roster changes it."""
    status: str = Field(default=RosterStatus.ACTIVE, sa_type=String)


person: Any = PersonRow


class PersonRoleRow(SQLModel, table=True):
    """A role in a school for a time; a student's is the enrollment in the school."""

    __tablename__ = "person_role"
    __table_args__: ClassVar = (
        Index("person_role_of_source", "source", "source_id", unique=True),
        Index("person_role_in_org", "org_id", "role"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    source: UUID
    source_id: str | None = None
    person_id: UUID = Field(index=True, foreign_key="person.id")
    org_id: UUID = Field(foreign_key="org.id")
    role: str = Field(sa_type=String)
    is_primary: bool = True
    begins_on: date | None = None
    ends_on: date | None = None
    status: str = Field(default=RosterStatus.ACTIVE, sa_type=String)


person_role: Any = PersonRoleRow
