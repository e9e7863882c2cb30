"""What a new edition keeps or withholds beside all that was ever published.

A table is the groups of one definition and period. Where its total clashes with an earlier table
(clashes/rules.py), the whole table is kept. Else the total is published anew, and the groups of each
dimension are published anew or kept together, since anyone can subtract them from the total.

*Kept* means: as the last edition of the same definition and places shows it, with its date, however
often it was kept before. Without such an edition, or where that allowed smaller groups than n, the
figures are withheld.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from services.outcomes.observations.observations.rules import clause
from services.outcomes.scorecards.clashes.rules import (
    Beside,
    Clash,
    group_clashes,
    published,
    shown,
    total_clashes,
    without,
)
from services.outcomes.scorecards.published_tables.rules import Published
from services.outcomes.scorecards.reports.rules import EVERYBODY
from shared.contracts.outcomes.exposure import Exposure, ExposureOutcome
from shared.contracts.outcomes.group import Dimension
from shared.contracts.outcomes.observation import Cell, CellState


def decided(new: Published, earlier: Sequence[Beside]) -> tuple[Published, list[Clash]]:
    """The table as it may be published, and the reason for all that is kept or withheld."""
    table = shown(new.cells)
    every = {dimension for dimension, _ in new.cells}
    total = next(total_clashes(new, table, earlier), None)
    if total is not None:
        return kept(new, earlier, every | {Dimension.ALL}), [total]
    found = (
        next(group_clashes(new, table, dimension, earlier), None)
        for dimension in sorted(table.groups)
    )
    clashes = [clash for clash in found if clash is not None]
    stays = {clash.dimension for clash in clashes}
    total = next(total_clashes(new, without(table, stays), earlier), None) if stays else None
    if total is not None:  # beside groups that are seen to change, it gave nothing away
        return kept(new, earlier, every | {Dimension.ALL}), [total]
    if clashes and EVERYBODY not in new.cells:  # any dimension can stand for the total
        return kept(new, earlier, every), clashes
    return kept(new, earlier, stays), clashes


def kept(
    new: Published, earlier: Sequence[Beside], dimensions: Collection[Dimension]
) -> Published:
    """The table with the groups of these dimensions as they were last published; withheld where
    they were not, or under a smaller n."""
    may = [e.table for e in earlier if e.same and e.table.minimum_cell >= new.minimum_cell]
    last = may[-1] if may else None
    withheld = Cell(state=CellState.SUPPRESSED, clause=clause(new.minimum_cell))
    cells = {
        group: withheld if group[0] in dimensions else cell for group, cell in new.cells.items()
    }
    if last is None:
        return new._replace(cells=cells)
    cells |= {
        group: replace(cell, as_of=cell.as_of or last.as_of) if published(cell) else cell
        for group, cell in last.cells.items()
        if group[0] in dimensions
    }
    return new._replace(
        cells=cells, as_of=last.as_of if Dimension.ALL in dimensions else new.as_of
    )


def exposure(key: str, name: str, table: Published, clash: Clash) -> Exposure:
    """For those who publish: what was kept or withheld of the table, and why."""
    whole = clash.dimension is Dimension.ALL
    dates = {
        cell.as_of
        for (dimension, _), cell in table.cells.items()
        if (whole or dimension is clash.dimension) and published(cell)
    }
    return Exposure(
        indicator_id=table.indicator_id,
        indicator_name=name,
        key=key,
        definition=table.definition,
        period=table.period,
        dimension=clash.dimension,
        outcome=ExposureOutcome.KEPT if dates else ExposureOutcome.WITHHELD,
        cause=clash.cause,
        edition_id=clash.earlier.edition_id,
        as_of=max((date for date in dates if date is not None), default=None),
    )
