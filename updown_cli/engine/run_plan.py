"""One picture on its way through a plan: whole, or a strip of rows after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from updown_cli.engine.alpha import ChannelInfo, alpha_warning, apply_to_colours, run_premultiplied
from updown_cli.engine.integer_steps import IntegerSteps
from updown_cli.engine.quantize import Clamped, Quantization, quantize, storable
from updown_cli.engine.results import Outcome, Result
from updown_cli.engine.rows import ArrayTarget, RowSource, RowTarget
from updown_cli.engine.srgb import decode_srgb, encode_srgb
from updown_cli.engine.table_strips import TableStrips
from updown_cli.engine.tally import Tally
from updown_cli.op.array_tensor import as_tensor
from updown_cli.op.channels import copy_into
from updown_cli.op.signal import Signal
from updown_cli.op.threads import run_ordered
from updown_cli.pipeline.step_errors import in_step
from updown_cli.pipeline.strip_inputs import StripInputs, strip_inputs
from updown_cli.pipeline.strips import strips

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.artifact import Artifact
    from updown_cli.pipeline.plan import Plan

    Floats = Callable[[NDArray[Any]], Tensor]


@dataclass(frozen=True)
class PlanRun:
    """What is asked for.

    `floats` gives stored numbers to compute with; `wait` ends when a device is done; `tell` is
    told how many rows of how many are done; `integers` runs what needs no floats.
    """

    plan: Plan
    quantization: Quantization
    channel_info: ChannelInfo
    floats: Floats
    wait: Callable[[], None]
    tell: Callable[[int, int], None] | None = None
    integers: IntegerSteps = field(default_factory=IntegerSteps)
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
        pixels, rows = self.integers.run(rows, pixels, tally)
        if not rows and self.integers.are_stored(pixels):
            return self._result(pixels, tally)
        signal = self._through(rows, pixels, tally, artifacts, look)
        y, left = signal.pixels, replace(signal, pixels=signal.pixels.new_empty(0))
        del signal
        result = self._stored(y, pixels, self.quantization, tally)
        return replace(self._result(result, tally, left), steps=kept)

    def in_strips(self, source: RowSource, height: int, threads: int = 1) -> Result:
        """Return the result for frames x channels x sides, computed in strips of so many rows."""
        quantization = self.quantization
        if quantization.follows_extremes:
            quantization = Quantization(_name(storable(self.floats(source.read(0, 1)))))
        shape = (self.plan.frames, *self.plan.shape)
        target = ArrayTarget(shape, quantization.dtype, channels_last=source.channels_last)
        tally = self._strips(source, target, quantization, height, threads)
        result = target.pixels
        if self.quantization.follows_extremes:
            result, tally.clamped = quantize(
                as_tensor(result), self.quantization, alpha=self.channel_info.alpha
            )
        return self._result(result, tally)

    def stream(
        self, source: RowSource, target: RowTarget, height: int, threads: int = 1
    ) -> Outcome:
        """Compute in strips of so many rows, which go to a target as they are done."""
        return self._outcome(self._strips(source, target, self.quantization, height, threads))

    def _strips(
        self,
        source: RowSource,
        target: RowTarget,
        quantization: Quantization,
        height: int,
        threads: int,
    ) -> Tally:
        """Store the result, strip after strip, and return what was seen."""
        tally = self._tally()
        self._make_tables(_name(self.floats(source.read(0, 1)[:1, :1])))
        parts = [*strips(self.plan, height)]

        def act(given: tuple[list[StripInputs], NDArray[Any]]) -> tuple[NDArray[Any], Tally]:
            done = self._strip(*given, target, quantization)
            source.release()
            return done

        began = time.perf_counter()
        self._tell(0)
        target.begin()
        steps = (strip_inputs(self.plan, *strip) for strip in parts)
        inputs = ((rows, source.read(*rows[0].read)) for rows in steps)
        for (first, last), (room, done) in zip(
            parts, run_ordered(act, inputs, threads), strict=True
        ):
            target.take(first, room)
            tally.add(done)
            self._tell(last)
        tally.share(time.perf_counter() - began)
        return tally

    def _tell(self, last: int) -> None:
        if self.tell is not None:
            self.tell(last, self.plan.shape.size[0])

    def _make_tables(self, dtype: str) -> None:
        for number, step in enumerate(self.plan.steps, 1):
            if step.input_spans[0].rounded and step.op.has_tables(step.before):
                self.tables[number] = TableStrips(step, dtype)

    def _strip(
        self,
        rows: list[StripInputs],
        read: NDArray[Any],
        target: RowTarget,
        quantization: Quantization,
    ) -> tuple[NDArray[Any], Tally]:
        """Return rows of the result in their room, and what was seen."""
        tally, room = self._tally(), target.room(*rows[-1].wanted)
        stored, rows = self.integers.run(rows, read, tally)
        if rows or not self.integers.are_stored(stored):
            y = self._through(rows, stored, tally).pixels
            stored = self._stored(y, stored, quantization, tally)
        for frame, done in zip(room, stored, strict=True):
            copy_into(frame, done)
        return room, tally

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
        weighed = self.channel_info.alpha and self.channel_info.weighs
        signal = Signal(x, artifacts, self.channel_info.white, alpha=weighed)
        del x  # the first step's input is not needed after it
        for number, part in enumerate(rows, len(self.plan.steps) - len(rows) + 1):
            began = time.perf_counter()
            with in_step(part.step.name, part.op):
                signal = self._step(number, part, signal)
            if not part.op.gives_code_values:
                signal = replace(signal, has_code_values=False)
            if part.op.kept_as:
                signal = signal.keeping(part.op.kept_as)
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
        y = storable(y)
        if channel_info.linear_light:
            y = apply_to_colours(encode_srgb, y, channel_info)
        return quantize(y, quantization, alpha=channel_info.alpha)

    @property
    def _why_nan(self) -> list[str]:
        return [step.op.why_nan for step in self.plan.steps if step.op.why_nan]

    def _result(self, pixels: NDArray[Any], tally: Tally, left: Signal | None = None) -> Result:
        """Return the result with all that was seen, and what the pixels left beside themselves."""
        return Result.of(self._outcome(tally, left), pixels)

    def _outcome(self, tally: Tally, left: Signal | None = None) -> Outcome:
        remarks = alpha_warning(self.plan, self.channel_info)
        if tally.nans and not tally.had_nan:
            remarks = ["; ".join([f"{tally.nans} values became NaN", *self._why_nan]), *remarks]
        artifacts = left.artifacts if left is not None else ()
        told = [text for artifact in artifacts for text in artifact.warnings]
        return Outcome(
            seconds=tuple(tally.seconds),
            dtype=tally.dtype,
            warnings=(*remarks, *told),
            clamped=tally.clamped if tally.clamped and tally.clamped.values else None,
            artifacts=artifacts,
        )


def _name(x: Tensor) -> str:
    return str(x.dtype).removeprefix("torch.")
