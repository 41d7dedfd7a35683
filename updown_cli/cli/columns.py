"""Rows of cells as lines that fit a width, without ever cutting a cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# Blanks between two columns, between two cells with their names, and below a name.
GAP, WIDE_GAP, INDENT = " ", "  ", "  "

Row = tuple[str, ...]


@dataclass(frozen=True)
class Columns:
    """The names of columns; those in `right` are set to the right, `name` says what a row is of.

    Where a table is wider than it may be the names stand on lines of their own, and where it is
    still too wide every cell is told with its column's name, as many on a line as fit.
    """

    names: Row
    right: tuple[str, ...] = ()
    name: str = ""

    def lines(self, rows: Sequence[Row], width: int) -> list[str]:
        """Return the table, its header first, in lines of at most `width` where cells allow it."""
        header, others = self.lay_out(rows, width)
        return others if header is None else [header, *others]

    def lay_out(self, rows: Sequence[Row], width: int) -> tuple[str | None, list[str]]:
        """Return the header, None where every cell tells its column itself, and the other lines."""
        header, *others = table = self._table(rows)
        if _widest(table) <= width:
            return header, others
        if self.name in self.names:
            at = self.names.index(self.name)
            beside = Columns(self.names[:at] + self.names[at + 1 :], self.right)
            table = [INDENT + line for line in beside._table([_without(row, at) for row in rows])]
            if _widest(table) <= width:
                header, *others = table
                return header, _below_titles([row[at] for row in rows], others, width)
        return None, [line for row in rows for line in self._told(row, width)]

    def _table(self, rows: Sequence[Row]) -> list[str]:
        widths = [max(map(cells_of, column)) for column in zip(self.names, *rows, strict=True)]
        return [self._line(row, widths) for row in (self.names, *rows)]

    def _line(self, row: Row, widths: list[int]) -> str:
        cells = []
        for name, cell, width in zip(self.names, row, widths, strict=True):
            blanks = " " * (width - cells_of(cell))
            cells.append(blanks + cell if name in self.right else cell + blanks)
        return GAP.join(cells).rstrip()

    def _told(self, row: Row, width: int) -> Iterator[str]:
        """Yield the name of a row, then its cells with the names of their columns."""
        cells = dict(zip(self.names, row, strict=True))
        title = cells.pop(self.name, "")
        if title:
            yield shorten_middle(title, width)
        line = ""
        for name, cell in cells.items():
            told = f"{name} {cell}"
            if line and cell and cells_of(INDENT + line + WIDE_GAP + told) > width:
                yield INDENT + line
                line = ""
            line += (WIDE_GAP if line and cell else "") + (told if cell else "")
        if line:
            yield INDENT + line


def _below_titles(titles: list[str], lines: list[str], width: int) -> list[str]:
    """Return the lines of rows with each title, if there is one, above its own."""
    made = []
    for title, line in zip(titles, lines, strict=True):
        made += [shorten_middle(title, width)] if title else []
        made += [line] if line.strip() else []
    return made


def _without(row: Row, at: int) -> Row:
    """Return the cells of a row but for one."""
    return row[:at] + row[at + 1 :]


def cells_of(text: str) -> int:
    """Return the places that a text takes on a terminal, where some letters take two."""
    from rich.cells import cell_len

    return cell_len(text)


def shorten_middle(text: str, width: int) -> str:
    """Return a text, or its beginning and end around three dots, in at most `width` letters."""
    if cells_of(text) <= width:
        return text
    kept = max(width - 3, 2)
    return f"{text[: kept - kept // 2]}...{text[len(text) - kept // 2 :]}"


def _widest(lines: list[str]) -> int:
    return max(map(cells_of, lines), default=0)
