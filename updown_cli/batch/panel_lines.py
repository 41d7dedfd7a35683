"""The lines in which the panels of a sheet stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from updown_cli.figures.contact_sheet import (
    IN_ONE_LINE,
    MOST_IN_LINE,
    SheetPanel,
    columns_for,
)

if TYPE_CHECKING:
    from updown_cli.batch.sheets import SourceRow


def arrange_panels(
    rows: Sequence[SourceRow], columns: int | None
) -> list[tuple[str, Sequence[SheetPanel | None]]]:
    """Return headings and panels: a line for each input, or several where that were too long."""
    widths = [max(map(len, groups)) for groups in zip(*(row.panels for row in rows), strict=True)]
    count = columns or columns_for(sum(widths), IN_ONE_LINE if len(rows) == 1 else MOST_IN_LINE)
    lines = [(row.name, _in_columns(row.panels, widths)) for row in rows]
    return [block for name, panels in lines for block in _wrapped(name, panels, count)]


def _wrapped(
    name: str, panels: Sequence[SheetPanel | None], count: int
) -> list[tuple[str, Sequence[SheetPanel | None]]]:
    """Return lines of so many panels, the first with the heading; none without a panel."""
    lines = [panels[first : first + count] for first in range(0, len(panels), count)]
    return [(name if not number else "", line) for number, line in enumerate(lines) if any(line)]


def _in_columns(
    groups: Sequence[Sequence[SheetPanel]], widths: Sequence[int]
) -> list[SheetPanel | None]:
    """Return panels with gaps, so that those of one try stand below each other."""
    gaps = [[None] * (width - len(group)) for group, width in zip(groups, widths, strict=True)]
    return [p for group, gap in zip(groups, gaps, strict=True) for p in (*group, *gap)]
