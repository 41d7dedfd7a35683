"""One picture on its way through a plan: whole, or a strip of rows after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from updown_cli.engine.colours import Meaning, alpha_warning, colours_through, weighed
from updown_cli.engine.light import decoded, encoded
from updown_cli.engine.memory import let_go
from updown_cli.engine.results import Result
from updown_cli.engine.storing import Clamped, Storing, stored
from updown_cli.engine.table_steps import TableStep
from updown_cli.ops.base import Signal
from updown_cli.ops.channels import fill
from updown_cli.pipeline import in_step
from updown_cli.pipeline.parts import Part, parts
from updown_cli.pipeline.strips import strips

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.ops.switches import Switches
    from updown_cli.pipeline import Plan

    Floats = Callable[[NDArray[Any]], Tensor]


@dataclass
class Run:
    """What is asked for, and what the rows that are done have left.

    `floats` gives stored numbers to compute with; `wait` ends when a device is done.
    """

    plan: Plan
    storing: Storing
    meaning: Meaning
    floats: Floats
    wait: Callable[[], None]
    seconds: list[float] = field(default_factory=list)
    clamped: Clamped | None = None
    had_nan: bool = False
    nans: int = 0
    dtype: str = ""

    def __post_init__(self) -> None:
        self.seconds = [0.0] * len(self.plan.steps)
        self.why_nan = [step.op.why_nan for step in self.plan.steps if step.op.why_nan]
        self.may_be_nan = bool(self.why_nan)
        self.tables: dict[int, TableStep] = {}

    def whole(
        self,
        pixels: NDArray[Any],
        switches: tuple[Switches, ...] = (),
        keep: Mapping[int, Storing] = MappingProxyType({}),
    ) -> Result:
        """Return the result for frames x channels x sides, all at once."""
        kept: dict[int, NDArray[Any]] = {}

        def look(number: int, x: Tensor) -> None:
            if number in keep:
                kept[number], _ = self._finished(x.clone(), keep[number], self.meaning)

        rows = parts(self.plan, 0, self.plan.shape.size[0])
        signal = self._through(rows, pixels, switches, look)
        y, left = signal.pixels, replace(signal, pixels=signal.pixels.new_empty(0))
        del signal
        return replace(self._result(self._stored(y, pixels, self.storing), left), steps=kept)

    def in_strips(self, pixels: NDArray[Any], height: int) -> Result:
        """Return the result for frames x channels x sides, computed in strips of so many rows."""
        storing = self.storing
        if storing.follows_extremes:
            storing = Storing(_name(self.floats(pixels[:, :, :1])))
        result = _room(self.plan, storing.dtype, like=pixels)
        for first, last in strips(self.plan, height):
            rows = parts(self.plan, first, last)
            start, end = rows[0].read
            read = pixels[:, :, start:end]
            y = self._through(rows, read).pixels
            for frame, done in zip(result, self._stored(y, read, storing), strict=True):
                fill(frame[:, first:last], done)
            let_go(pixels)
        if self.storing.follows_extremes:
            result = self._ranged(result)
        return self._result(result)

    def _through(
        self,
        rows: list[Part],
        pixels: NDArray[Any],
        switches: tuple[Switches, ...] = (),
        look: Callable[[int, Tensor], None] = lambda number, x: None,
    ) -> Signal:
        """Return what the steps give of pixels; each result is looked at."""
        x = self.floats(pixels)
        if pixels.dtype.kind == "f":
            self.had_nan = self.had_nan or bool(x.isnan().any())
            self.may_be_nan = True
        if self.meaning.linear_light:
            x = colours_through(decoded, x, self.meaning)
        signal = Signal(x, switches, self.meaning.white)
        del x  # the first step's input is not needed after it
        for number, part in enumerate(rows, 1):
            began = time.perf_counter()
            with in_step(part.step.name, part.op):
                signal = self._step(number, part, signal)
            self.wait()
            self.seconds[number - 1] += time.perf_counter() - began
            look(number, signal.pixels)
        return signal

    def _step(self, number: int, part: Part, signal: Signal) -> Signal:
        run = self._by_table(number, part) if part.by_table else part.op.run
        meaning = self.meaning
        if meaning.alpha and meaning.weighs and part.op.linear:
            signal = weighed(run, signal, meaning.white)
        else:
            signal = run(signal)
        wanted = part.wanted[1] - part.wanted[0]
        if part.by_table or wanted == signal.pixels.shape[2]:
            return signal
        return replace(signal, pixels=signal.pixels.narrow(2, part.skipped, wanted))

    def _by_table(self, number: int, part: Part) -> Callable[[Signal], Signal]:
        if number not in self.tables:
            self.tables[number] = TableStep(part.step)
        step = self.tables[number]
        return lambda signal: replace(signal, pixels=step.rows(signal.pixels, part))

    def _stored(self, y: Tensor, pixels: NDArray[Any], storing: Storing) -> NDArray[Any]:
        """Return rows as they are stored; `pixels` are those that they come from."""
        if self.may_be_nan and y.sum().isnan():
            self.nans += int(y.isnan().sum())
        self.dtype = _name(y)
        if y.untyped_storage().data_ptr() == pixels.ctypes.data:
            y = y.clone()  # it is finished in place, and the source may be the file itself
        meaning = self.meaning
        if not all(step.op.gives_code_values for step in self.plan.steps):
            meaning = replace(meaning, linear_light=False)
        result, clamped = self._finished(y, storing, meaning)
        self.clamped = clamped.and_also(self.clamped) if clamped else self.clamped
        return result

    def _finished(
        self, y: Tensor, storing: Storing, meaning: Meaning
    ) -> tuple[NDArray[Any], Clamped | None]:
        """Return a result as it is stored. It is used up."""
        if meaning.linear_light:
            y = colours_through(encoded, y, meaning)
        return stored(y, storing, alpha=meaning.alpha)

    def _ranged(self, result: NDArray[Any]) -> NDArray[Any]:
        """Return floats in the range that follows from all of them."""
        import torch

        spread, self.clamped = stored(
            torch.from_numpy(result), self.storing, alpha=self.meaning.alpha
        )
        return spread

    def _result(self, result: NDArray[Any], left: Signal | None = None) -> Result:
        """Return the result with all that was seen, and what the pixels left beside themselves."""
        remarks = alpha_warning(self.plan, self.meaning)
        if self.nans and not self.had_nan:
            remarks = ["; ".join([f"{self.nans} values became NaN", *self.why_nan]), *remarks]
        clamped = self.clamped if self.clamped and self.clamped.values else None
        done = Result(result, tuple(self.seconds), (), self.dtype, tuple(remarks), clamped)
        if left is None:
            return done
        told = [text for findings in left.findings for text in findings.warnings]
        return replace(
            done,
            warnings=(*remarks, *told),
            switches=left.switches,
            stages=left.stages,
            findings=left.findings,
        )


def _name(x: Tensor) -> str:
    return str(x.dtype).removeprefix("torch.")


def _room(plan: Plan, dtype: str, *, like: NDArray[Any]) -> NDArray[Any]:
    """Return room for frames x channels x sides, channels side by side where the source's are."""
    import numpy as np

    channels, *sides = plan.shape
    if like.strides[1] >= like.strides[-1]:
        return np.empty((plan.frames, channels, *sides), dtype)
    return np.moveaxis(np.empty((plan.frames, *sides, channels), dtype), -1, 1)
