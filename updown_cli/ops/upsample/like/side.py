"""One side of a picture that a library resizes, and what a table of it reads."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from updown_cli.op.input_span import InputSpan, whole_span
from updown_cli.op.resampling import Ratio, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    Places = NDArray[np.int64]

#: What libraries compute differently: stored numbers of a type, or floats of one.
UINT8, UINT16, FLOAT32, FLOAT64 = KINDS = ("uint8", "uint16", "float32", "float64")


@dataclass(frozen=True, kw_only=True)
class Side:
    """`length` pixels become `out` of a `kind`; axis 0 is the height.

    `ratio` are the input pixels per output pixel, as two numbers of which it is the quotient.
    """

    axis: int
    length: int
    out: int
    ratio: Ratio
    kind: str = FLOAT64

    @property
    def step(self) -> float:
        """Return the input pixels per output pixel in float64."""
        return self.ratio[0] / self.ratio[1]


@dataclass(frozen=True)
class Sides:
    """The height and the width."""

    down: Side
    across: Side

    @property
    def kind(self) -> str:
        """Return the kind of the values."""
        return self.down.kind

    @property
    def stay(self) -> bool:
        """Whether the size is the input's."""
        return self.down.length == self.down.out and self.across.length == self.across.out


def tables_span(length: int, tables: Iterable[Table]) -> InputSpan:
    """Return which pixels of a side the tables read, none that they do not need."""
    import numpy as np

    reads = [_read(table) for table in tables]
    low: Places = np.stack([first for first, _, _ in reads]).min(0)
    high: Places = np.stack([last for _, last, _ in reads]).max(0)
    out, taps = len(low), max(taps for _, _, taps in reads)
    step = Fraction(length, out)
    starts = np.arange(out) * length
    first = Fraction(int((low * out - starts).min()), out)
    last = Fraction(int((high * out - starts).max()), out)
    if last - first >= length:
        return whole_span(length, taps)
    return InputSpan(
        length=length,
        step=step,
        first=first,
        last=last,
        centre=(step - 1) / 2,
        taps=Fraction(taps),
        rounded=True,
    )


def _read(table: Table) -> tuple[Places, Places, int]:
    """Return the first and the last pixel that each output pixel reads, and how many on average."""
    import numpy as np

    reads = table.weights != 0
    reads[0] |= ~reads.any(0)
    low = np.where(reads, table.sources, np.iinfo(np.int64).max).min(0)
    high = np.where(reads, table.sources, -1).max(0)
    return low, high, max(round(reads.sum(0).mean()), 1)


def rows_of(table: Table, start: int, first: int, last: int) -> Table:
    """Return the table of output pixels [first, last), of a side that begins at `start`."""
    weights = table.weights[:, first:last]
    sources = table.sources[:, first:last] - start
    return Table(sources * (weights != 0), weights)
