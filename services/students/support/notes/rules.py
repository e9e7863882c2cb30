"""The people who may write a note, and those who may read it.

Basis: 34 CFR 99.3, education records (b)(1). A note in the sole possession of its maker, which
nobody else sees, is no education record. Any other note of the school or the district about a child
is one, and the family may read it (99.10).
"""

from dataclasses import dataclass
from uuid import UUID

from shared.contracts.students.access import Relation
from shared.contracts.students.note import Audience
from shared.core.refusals import Forbidden
from shared.security.principal import Principal

WRITERS = frozenset({Relation.DISTRICT, Relation.SCHOOL_LEADER, Relation.PARTNER})
OF_RECORD = frozenset({Relation.DISTRICT, Relation.SCHOOL_LEADER})
READ_THE_RECORD = OF_RECORD | {Relation.GUARDIAN, Relation.SELF}


@dataclass(frozen=True, slots=True)
class Reader:
    """A viewer to whom notes are released. `only`: the partner whose notes alone are released; None
    where all are."""

    account_id: UUID
    partner_id: UUID | None
    relation: Relation
    only: UUID | None


@dataclass(frozen=True, slots=True)
class NoteFact:
    audience: Audience
    of_record: bool
    partner_id: UUID
    author_account: UUID


def readable(note: NoteFact, reader: Reader) -> bool:
    if note.author_account == reader.account_id and note.partner_id == reader.partner_id:
        return True
    if note.audience is Audience.AUTHOR:
        return False
    if note.partner_id == reader.partner_id and reader.relation in WRITERS:
        return True
    if note.audience is Audience.ORGANIZATION:
        return note.of_record and reader.relation in READ_THE_RECORD
    return reader.only is None


def ensure_may_write(relation: Relation, caller: Principal) -> UUID:
    """The organization for which the note is written. Raises `Forbidden("note-of-staff")`."""
    if relation not in WRITERS or caller.partner_id is None:
        raise Forbidden(
            "note-of-staff", "Only people who support the child may write notes about it."
        )
    return caller.partner_id
