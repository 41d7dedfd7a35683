"""One picture on its way through a plan: whole, or a strip of rows after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from updown_cli.engine.alpha import Meaning, alpha_warning, colours_through, weighed
from updown_cli.engine.memory import let_go
from updown_cli.engine.quantize import Clamped, Storing, as_tensor, stored
from updown_cli.engine.results import Result
from updown_cli.engine.srgb import decoded, encoded
from updown_cli.engine.table_strips import TableStep
from updown_cli.engine.threads import in_turns
from updown_cli.op.channels import fill
from updown_cli.op.signal import Signal
from updown_cli.pipeline.step_errors import in_step
from updown_cli.pipeline.strip_inputs import Part, parts
from updown_cli.pipeline.strips import strips

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.pool_indices import Switches
    from updown_cli.pipeline.plan import Plan

    Floats = Callable[[NDArray[Any]], Tensor]


# Bytes of a float32.
SINGLE = 4


@dataclass
class Tally:
    """What rows have left beside their pixels: seconds by step, what was clamped, NaNs."""

    seconds: list[float]
    clamped: Clamped | None = None
    had_nan: bool = False
    nans: int = 0
    dtype: str = ""

    def add(self, other: Tally) -> None:
        """Count what other rows have left."""
        pairs = zip(self.seconds, other.seconds, strict=True)
        self.seconds = [one + another for one, another in pairs]
        self.clamped = other.clamped.and_also(self.clamped) if other.clamped else self.clamped
        self.had_nan = self.had_nan or other.had_nan
        self.nans += other.nans
        self.dtype = other.dtype


@dataclass(frozen=True)
class Run:
    """What is asked for.

    `floats` gives stored numbers to compute with; `wait` ends when a device is done.
    """

    plan: Plan
    storing: Storing
    meaning: Meaning
    floats: Floats
    wait: Callable[[], None]
    tables: dict[int, TableStep] = field(default_factory=dict)

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

        tally = self._tally()
        rows = parts(self.plan, 0, self.plan.shape.size[0])
        signal = self._through(rows, pixels, tally, switches, look)
        y, left = signal.pixels, replace(signal, pixels=signal.pixels.new_empty(0))
        del signal
        result = self._stored(y, pixels, self.storing, tally)
        return replace(self._result(result, tally, left), steps=kept)

    def in_strips(self, pixels: NDArray[Any], height: int, threads: int = 1) -> Result:
        """Return the result for frames x channels x sides, computed in strips of so many rows."""
        storing, tally = self.storing, self._tally()
        if storing.follows_extremes:
            storing = Storing(_name(_storable(self.floats(pixels[:, :, :1]))))
        result = _room(self.plan, storing.dtype, like=pixels)
        for number, step in enumerate(self.plan.steps, 1):
            if step.reach[0].rounded and step.op.has_tables(step.before):
                self.tables[number] = TableStep(step)

        def act(strip: tuple[int, int]) -> Tally:
            return self._strip(strip, pixels, storing, result)

        began = time.perf_counter()
        for done in in_turns(act, strips(self.plan, height), threads):
            tally.add(done)
        shared = (time.perf_counter() - began) / (sum(tally.seconds) or 1.0)
        tally.seconds = [seconds * min(shared, 1.0) for seconds in tally.seconds]
        if self.storing.follows_extremes:
            result, tally.clamped = stored(
                as_tensor(result), self.storing, alpha=self.meaning.alpha
            )
        return self._result(result, tally)

    def _strip(
        self,
        strip: tuple[int, int],
        pixels: NDArray[Any],
        storing: Storing,
        result: NDArray[Any],
    ) -> Tally:
        """Store rows [first, last) of the result where they belong."""
        rows, tally = parts(self.plan, *strip), self._tally()
        read = pixels[:, :, slice(*rows[0].read)]
        y = self._through(rows, read, tally).pixels
        for frame, done in zip(result, self._stored(y, read, storing, tally), strict=True):
            fill(frame[:, slice(*strip)], done)
        let_go(pixels)
        return tally

    def _tally(self) -> Tally:
        return Tally([0.0] * len(self.plan.steps))

    def _through(
        self,
        rows: list[Part],
        pixels: NDArray[Any],
        tally: Tally,
        switches: tuple[Switches, ...] = (),
        look: Callable[[int, Tensor], None] = lambda number, x: None,
    ) -> Signal:
        """Return what the steps give of pixels; each result is looked at."""
        x = self.floats(pixels)
        tally.had_nan = pixels.dtype.kind == "f" and bool(x.isnan().any())
        if self.meaning.linear_light:
            x = colours_through(decoded, x, self.meaning)
        signal = Signal(x, switches, self.meaning.white)
        del x  # the first step's input is not needed after it
        for number, part in enumerate(rows, 1):
            began = time.perf_counter()
            with in_step(part.step.name, part.op):
                signal = self._step(number, part, signal)
            self.wait()
            tally.seconds[number - 1] = time.perf_counter() - began
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
        step = self.tables[number]
        return lambda signal: replace(signal, pixels=step.rows(signal.pixels, part))

    def _stored(
        self, y: Tensor, pixels: NDArray[Any], storing: Storing, tally: Tally
    ) -> NDArray[Any]:
        """Return rows as they are stored; `pixels` are those that they come from."""
        if (pixels.dtype.kind == "f" or self._why_nan) and y.sum().isnan():
            tally.nans = int(y.isnan().sum())
        tally.dtype = _name(y)
        if y.untyped_storage().data_ptr() == pixels.ctypes.data:
            y = y.clone()  # it is finished in place, and the source may be the file itself
        meaning = self.meaning
        if not all(step.op.gives_code_values for step in self.plan.steps):
            meaning = replace(meaning, linear_light=False)
        result, tally.clamped = self._finished(y, storing, meaning)
        return result

    def _finished(
        self, y: Tensor, storing: Storing, meaning: Meaning
    ) -> tuple[NDArray[Any], Clamped | None]:
        """Return a result as it is stored. It is used up."""
        y = _storable(y)
        if meaning.linear_light:
            y = colours_through(encoded, y, meaning)
        return stored(y, storing, alpha=meaning.alpha)

    @property
    def _why_nan(self) -> list[str]:
        return [step.op.why_nan for step in self.plan.steps if step.op.why_nan]

    def _result(self, result: NDArray[Any], tally: Tally, left: Signal | None = None) -> Result:
        """Return the result with all that was seen, and what the pixels left beside themselves."""
        remarks = alpha_warning(self.plan, self.meaning)
        if tally.nans and not tally.had_nan:
            remarks = ["; ".join([f"{tally.nans} values became NaN", *self._why_nan]), *remarks]
        clamped = tally.clamped if tally.clamped and tally.clamped.values else None
        done = Result(result, tuple(tally.seconds), (), tally.dtype, tuple(remarks), clamped)
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


def _storable(x: Tensor) -> Tensor:
    """Return floats as NumPy has them: types of 16 bits would round once more before rounding."""
    return x.float() if x.element_size() < SINGLE else x


def _room(plan: Plan, dtype: str, *, like: NDArray[Any]) -> NDArray[Any]:
    """Return room for frames x channels x sides, channels side by side where the source's are."""
    import numpy as np

    channels, *sides = plan.shape
    if like.strides[1] >= like.strides[-1]:
        return np.empty((plan.frames, channels, *sides), dtype)
    return np.moveaxis(np.empty((plan.frames, *sides, channels), dtype), -1, 1)
