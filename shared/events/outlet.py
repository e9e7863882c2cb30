"""An outlet: a table of events that wait, and the stream they go to, as a relay needs to know
it."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from shared.events.bus import StreamKind

Row = Any  # asyncpg's; its columns are the table's


def _nothing(_: Row) -> Sequence[str]:
    return ()


def _never(_: Row) -> bool:
    return False


def _quiet(_: Row) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Outlet:
    """A table of events that wait, and how a relay publishes its rows.

    - `envelope`: the row as the broker carries it; takes also the service, and the address under
      which clients reach the gateway.
    - `lane`, `turn`: rows of one lane are published one after the other, by turn.
    - `purges`: the subjects whose messages leave the stream before this row enters it.
    - `again`: the statement that publishes anew those of their events ($1) that this table still
      has. They get new ids, since the broker drops the old ones as repetitions.
    - `clears`: the row only purges, and is deleted then.
    - `says`: the fields of a published row that the log keeps.
    - `batch`: the rows of one pass.
    - `alone`: nobody else writes to the stream. Each message then names the one it follows, and
      the broker refuses messages of a relay that has lost its turn.
    """

    work: str  # what one process of the service does at a time
    table: str
    stream: StreamKind
    lane: Callable[[Row], Hashable]
    turn: Callable[[Row], int]
    subject: Callable[[Row], str]
    envelope: Callable[[Row, str, str], bytes]
    purges: Callable[[Row], Sequence[str]] = _nothing
    again: str | None = None
    clears: Callable[[Row], bool] = _never
    says: Callable[[Row], dict[str, Any]] = _quiet
    batch: int = 2000
    alone: bool = False

    @cached_property
    def waiting(self) -> str:
        return f"""
            select * from {self.table} where published_at is null order by position limit $1
        """

    @cached_property
    def mark(self) -> str:
        return f"""
            update {self.table} o
            set published_at = now(), stream_seq = u.seq, stream_incarnation = $3
            from unnest($1::bigint[], $2::bigint[]) as u(position, seq)
            where o.position = u.position
        """

    @cached_property
    def forget(self) -> str:
        return f"delete from {self.table} where position = any($1::bigint[])"

    @cached_property
    def own_from(self) -> str:
        return f"""
            select stream_seq, event_id from {self.table}
            where stream_incarnation = $1 and stream_seq between $2 and $3
            order by stream_seq limit 1
        """

    @cached_property
    def own_last(self) -> str:
        return f"""
            select stream_seq, event_id from {self.table}
            where stream_incarnation = $1 and stream_seq between $2 and $3
            order by stream_seq desc limit 1
        """

    @cached_property
    def heal(self) -> str:
        return f"""
            update {self.table}
            set published_at = null, stream_seq = null, stream_incarnation = null
            where published_at is not null
              and (stream_incarnation is distinct from $1 or stream_seq > $2)
              and time > now() - make_interval(days => $3)
        """

    @cached_property
    def oldest(self) -> str:
        return f"""
            select extract(epoch from now() - min(time))::float
            from {self.table} where published_at is null
        """

    @cached_property
    def prune(self) -> str:
        return f"""
            delete from {self.table} where position in (
              select position from {self.table}
              where published_at < now() - make_interval(days => :days) limit :most)
        """
