"""Who writes notes, and who reads which.

Basis: 34 CFR 99.3, education records (b)(1): what is kept in the sole possession of its maker and
shown to nobody is none; anything else that school or district writes of a child is, and the family
may read it (99.10).
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
    """Who asks, as what; notes are released to it. `only`: of the partner whose notes alone are
    released, null where all are."""

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
    """The organization the note is written for."""
    if relation not in WRITERS or caller.partner_id is None:
        raise Forbidden("note-of-staff", "Notes are written by those who support the child.")
    return caller.partner_id
