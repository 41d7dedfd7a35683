"""Steps on integers as they are stored: those that come first and are exact without floats."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.engine.alpha import PLAIN, ChannelInfo
from updown_cli.engine.quantize import Clamped, Quantization
from updown_cli.engine.tally import Tally
from updown_cli.pipeline.step_errors import in_step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.op.base import Op
    from updown_cli.op.integer_way import IntegerWay
    from updown_cli.op.shape import Shape
    from updown_cli.pipeline.strip_inputs import StripInputs

# Larger integers are checked for what floats cannot hold.
MOST_BYTES = 4


@dataclass(frozen=True)
class IntegerSteps:
    """Runs leading steps that need no floats, of a `dtype`; none where nothing is given.

    What is kept for later is kept as floats. A result is stored as the quantization says, and
    channels mean what is said of them.
    """

    quantization: Quantization | None = None
    channel_info: ChannelInfo = PLAIN
    dtype: str = ""

    def run(
        self, parts: list[StripInputs], pixels: NDArray[Any], tally: Tally
    ) -> tuple[NDArray[Any], list[StripInputs]]:
        """Return what leading steps give of rows, and the steps that are left."""
        if self.quantization is None or pixels.dtype.kind not in "iu":
            return pixels, parts
        if pixels.itemsize > MOST_BYTES:
            return pixels, parts
        tally.dtype = self.dtype
        for number, part in enumerate(parts):
            way = self._way(part, pixels, is_last=number == len(parts) - 1)
            if way is None:
                return pixels, parts[number:]
            began = time.perf_counter()
            rows, cut = _wanted_rows(part), way.clamping
            if cut is not None:
                cut.wanted = rows
            with in_step(part.step.name, part.op):
                pixels = way.run(pixels)[:, :, rows]
            if cut is not None:
                tally.clamped = Clamped(cut.outside, cut.min, cut.max)
            tally.seconds[number] = time.perf_counter() - began
        return pixels, []

    def are_stored(self, pixels: NDArray[Any]) -> bool:
        """Whether such numbers are stored as they are."""
        return self.quantization == Quantization(str(pixels.dtype))

    def _way(self, part: StripInputs, pixels: NDArray[Any], *, is_last: bool) -> IntegerWay | None:
        assert self.quantization is not None
        known = self.quantization, self.channel_info
        way = integer_way(part.op, part.before, pixels.dtype, known, is_last=is_last)
        weighs = self.channel_info.alpha and self.channel_info.weighs
        if way is None or not weighs:
            return way
        if part.op.weighs_by_alpha:
            return None
        opaque = way.keeps_white and (pixels[:, -1] == self.channel_info.white).all()
        return None if part.op.linear and not opaque else way


def integer_way(
    op: Op,
    before: Shape,
    stored: Any,
    known: tuple[Quantization, ChannelInfo],
    *,
    is_last: bool,
) -> IntegerWay | None:
    """Return how an operation works on integers of a type, whose channels weigh nothing.

    `known` is how the result of all steps is stored, and what channels mean. Only the last one
    may round.
    """
    way, (quantization, channel_info) = op.integer_way(before, stored), known
    if way is None or channel_info.linear_light or op.kept_as:
        return None
    if way.rounds and not (is_last and quantization == Quantization(str(stored))):
        return None
    return way if way.white in (None, channel_info.white) else None


def _wanted_rows(part: StripInputs) -> slice:
    """Return which rows of a step's result are wanted."""
    first = 0 if part.by_table else part.skipped
    return slice(first, first + part.wanted[1] - part.wanted[0])
