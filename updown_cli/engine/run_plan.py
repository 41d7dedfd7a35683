"""One picture on its way through a plan: whole, or a strip of rows after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from updown_cli.engine.alpha import ChannelInfo, alpha_warning, apply_to_colours, run_premultiplied
from updown_cli.engine.memory import release_pages
from updown_cli.engine.quantize import Clamped, Quantization, as_tensor, quantize
from updown_cli.engine.results import Result
from updown_cli.engine.srgb import decode_srgb, encode_srgb
from updown_cli.engine.table_strips import TableStrips
from updown_cli.engine.threads import run_ordered
from updown_cli.op.channels import copy_into
from updown_cli.op.signal import Signal
from updown_cli.pipeline.step_errors import in_step
from updown_cli.pipeline.strip_inputs import StripInputs, strip_inputs
from updown_cli.pipeline.strips import strips

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.artifact import Artifact
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
class PlanRun:
    """What is asked for.

    `floats` gives stored numbers to compute with; `wait` ends when a device is done; `tell` is
    told how many rows of how many are done.
    """

    plan: Plan
    quantization: Quantization
    channel_info: ChannelInfo
    floats: Floats
    wait: Callable[[], None]
    tell: Callable[[int, int], None] | None = None
    tables: dict[int, TableStrips] = field(default_factory=dict)

    def whole(
        self,
        pixels: NDArray[Any],
        artifacts: tuple[Artifact, ...] = (),
        keep: Mapping[int, Quantization] = MappingProxyType({}),
    ) -> Result:
        """Return the result for frames x channels x sides, all at once."""
        kept: dict[int, NDArray[Any]] = {}

        def look(number: int, x: Tensor) -> None:
            if number in keep:
                kept[number], _ = self._finished(x.clone(), keep[number], self.channel_info)

        tally = self._tally()
        rows = strip_inputs(self.plan, 0, self.plan.shape.size[0])
        signal = self._through(rows, pixels, tally, artifacts, look)
        y, left = signal.pixels, replace(signal, pixels=signal.pixels.new_empty(0))
        del signal
        result = self._stored(y, pixels, self.quantization, tally)
        return replace(self._result(result, tally, left), steps=kept)

    def in_strips(self, pixels: NDArray[Any], height: int, threads: int = 1) -> Result:
        """Return the result for frames x channels x sides, computed in strips of so many rows."""
        quantization, tally = self.quantization, self._tally()
        if quantization.follows_extremes:
            quantization = Quantization(_name(_storable(self.floats(pixels[:, :, :1]))))
        result = _room(self.plan, quantization.dtype, like=pixels)
        dtype = _name(self.floats(pixels[:1, :1, :1]))
        for number, step in enumerate(self.plan.steps, 1):
            if step.input_spans[0].rounded and step.op.has_tables(step.before):
                self.tables[number] = TableStrips(step, dtype)

        def act(strip: tuple[int, int]) -> Tally:
            return self._strip(strip, pixels, quantization, result)

        began = time.perf_counter()
        parts = [*strips(self.plan, height)]
        if self.tell is not None:
            self.tell(0, parts[-1][1])
        for (_, last), done in zip(parts, run_ordered(act, parts, threads), strict=True):
            tally.add(done)
            if self.tell is not None:
                self.tell(last, parts[-1][1])
        shared = (time.perf_counter() - began) / (sum(tally.seconds) or 1.0)
        tally.seconds = [seconds * min(shared, 1.0) for seconds in tally.seconds]
        if self.quantization.follows_extremes:
            result, tally.clamped = quantize(
                as_tensor(result), self.quantization, alpha=self.channel_info.alpha
            )
        return self._result(result, tally)

    def _strip(
        self,
        strip: tuple[int, int],
        pixels: NDArray[Any],
        quantization: Quantization,
        result: NDArray[Any],
    ) -> Tally:
        """Store rows [first, last) of the result where they belong."""
        rows, tally = strip_inputs(self.plan, *strip), self._tally()
        read = pixels[:, :, slice(*rows[0].read)]
        y = self._through(rows, read, tally).pixels
        for frame, done in zip(result, self._stored(y, read, quantization, tally), strict=True):
            copy_into(frame[:, slice(*strip)], done)
        release_pages(pixels)
        return tally

    def _tally(self) -> Tally:
        return Tally([0.0] * len(self.plan.steps))

    def _through(
        self,
        rows: list[StripInputs],
        pixels: NDArray[Any],
        tally: Tally,
        artifacts: tuple[Artifact, ...] = (),
        look: Callable[[int, Tensor], None] = lambda number, x: None,
    ) -> Signal:
        """Return what the steps give of pixels; each result is looked at."""
        x = self.floats(pixels)
        tally.had_nan = pixels.dtype.kind == "f" and bool(x.isnan().any())
        if self.channel_info.linear_light:
            x = apply_to_colours(decode_srgb, x, self.channel_info)
        signal = Signal(x, artifacts, self.channel_info.white)
        del x  # the first step's input is not needed after it
        for number, part in enumerate(rows, 1):
            began = time.perf_counter()
            with in_step(part.step.name, part.op):
                signal = self._step(number, part, signal)
            self.wait()
            tally.seconds[number - 1] = time.perf_counter() - began
            look(number, signal.pixels)
        return signal

    def _step(self, number: int, part: StripInputs, signal: Signal) -> Signal:
        run = self._by_table(number, part) if part.by_table else part.op.run
        channel_info = self.channel_info
        if channel_info.alpha and channel_info.weighs and part.op.linear:
            signal = run_premultiplied(run, signal, channel_info.white)
        else:
            signal = run(signal)
        wanted = part.wanted[1] - part.wanted[0]
        if part.by_table or wanted == signal.pixels.shape[2]:
            return signal
        return replace(signal, pixels=signal.pixels.narrow(2, part.skipped, wanted))

    def _by_table(self, number: int, part: StripInputs) -> Callable[[Signal], Signal]:
        step = self.tables[number]
        return lambda signal: replace(signal, pixels=step.rows(signal.pixels, part))

    def _stored(
        self, y: Tensor, pixels: NDArray[Any], quantization: Quantization, tally: Tally
    ) -> NDArray[Any]:
        """Return rows as they are stored; `pixels` are those that they come from."""
        if (pixels.dtype.kind == "f" or self._why_nan) and y.sum().isnan():
            tally.nans = int(y.isnan().sum())
        tally.dtype = _name(y)
        if y.untyped_storage().data_ptr() == pixels.ctypes.data:
            y = y.clone()  # it is finished in place, and the source may be the file itself
        channel_info = self.channel_info
        if not all(step.op.gives_code_values for step in self.plan.steps):
            channel_info = replace(channel_info, linear_light=False)
        result, tally.clamped = self._finished(y, quantization, channel_info)
        return result

    def _finished(
        self, y: Tensor, quantization: Quantization, channel_info: ChannelInfo
    ) -> tuple[NDArray[Any], Clamped | None]:
        """Return a result as it is stored. It is used up."""
        y = _storable(y)
        if channel_info.linear_light:
            y = apply_to_colours(encode_srgb, y, channel_info)
        return quantize(y, quantization, alpha=channel_info.alpha)

    @property
    def _why_nan(self) -> list[str]:
        return [step.op.why_nan for step in self.plan.steps if step.op.why_nan]

    def _result(self, result: NDArray[Any], tally: Tally, left: Signal | None = None) -> Result:
        """Return the result with all that was seen, and what the pixels left beside themselves."""
        remarks = alpha_warning(self.plan, self.channel_info)
        if tally.nans and not tally.had_nan:
            remarks = ["; ".join([f"{tally.nans} values became NaN", *self._why_nan]), *remarks]
        clamped = tally.clamped if tally.clamped and tally.clamped.values else None
        done = Result(result, tuple(tally.seconds), tally.dtype, tuple(remarks), clamped)
        if left is None:
            return done
        told = [text for artifact in left.artifacts for text in artifact.warnings]
        return replace(done, warnings=(*remarks, *told), artifacts=left.artifacts)


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
