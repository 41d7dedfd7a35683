"""One chain tried on one picture: what it gave, how long it took, how far it is from the source."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from updown_cli.batch.inputs import Source
from updown_cli.batch.job import Worker
from updown_cli.batch.side_files import printing_options, told_file, written_names
from updown_cli.engine.quantize import Quantization
from updown_cli.errors import InputError, UsageError
from updown_cli.figures.display_range import DisplayRange, own_range_of, range_for_result
from updown_cli.figures.preview import check_is_flat, result_picture
from updown_cli.files.comparison import compare_pictures
from updown_cli.files.metrics import Metrics
from updown_cli.files.picture import Picture
from updown_cli.op.param_types import Float
from updown_cli.op.parameter import option_name

if TYPE_CHECKING:
    from updown_cli.engine.results import Result
    from updown_cli.pipeline.pipeline import Pipeline
    from updown_cli.pipeline.plan import Plan

# Seconds from which one run is enough; less is the best of a few, as torch's first may be slow.
LONG, MOST_RUNS = 1.0, 3


@dataclass(frozen=True)
class Try:
    """A chain as it was typed, its short name, and its operations."""

    number: int
    text: str
    label: str
    pipeline: Pipeline


@dataclass(kw_only=True)
class Tried:
    """What became of one try; `error` says why there is no result."""

    source: str
    chain: Try
    steps: list[dict[str, Any]] = field(default_factory=list)
    shape: tuple[int, ...] | None = None
    seconds: float | None = None
    metrics: Metrics | None = None
    error: InputError | None = None
    warnings: list[str] = field(default_factory=list)

    @property
    def psnr(self) -> float | None:
        """How far the result is from the source, in decibels; None for one of another shape."""
        return None if self.metrics is None else self.metrics.psnr

    @property
    def ssim(self) -> float | None:
        """How similar it is; None for one that is small, or of another shape."""
        return None if self.metrics is None else self.metrics.ssim

    def to_json(self) -> dict[str, Any]:
        """Return the numbers as JSON; what is not finite is text."""
        dump = Float().dump
        error = self.error and {"code": self.error.code, "message": str(self.error)}
        return {
            "source": self.source,
            "try": self.chain.number,
            "label": self.chain.label,
            "text": self.chain.text,
            "status": "failed" if self.error else "done",
            "steps": self.steps,
            "shape": self.shape and list(self.shape),
            "seconds": self.seconds and round(self.seconds, 6),
            "psnr": None if self.psnr is None else dump(self.psnr),
            "ssim": None if self.ssim is None else dump(self.ssim),
            "warnings": self.warnings,
            "error": error,
        }


def check_writes_nothing(pipeline: Pipeline) -> None:
    """Raise UsageError for an operation that would write a file, or print, beside its result."""
    named = written_names(pipeline) + printing_options(pipeline)
    if named:
        reason = f"{option_name(named[0])} does not go with a sheet"
        raise UsageError(reason, hint="use updown chain")


def own_range(plan: Plan) -> str:
    """Return the range in which a result is shown if nobody asks for another.

    What kernels that sum to 0 give has both signs, and so has what networks are projected to.
    """
    same = all(s.op.gives_code_values and s.op.keeps_level(s.before) for s in plan.steps)
    return "clamp" if same else "symmetric"


@dataclass(frozen=True)
class Trial:
    """A picture and what is tried on it."""

    source: Source
    picture: Picture
    worker: Worker

    def size(self) -> tuple[int, int]:
        """Return height and width that the result will have.

        Raises InputError where it does not fit, or is over the limits.
        """
        indices = told_file(self.source, self.worker.pipeline)
        plan, _ = self.worker.prepared(self.picture, indices)
        height, width = plan.shape.size
        return height, width

    def run(self, tried: Tried, *, timed: bool) -> tuple[Picture, DisplayRange]:
        """Return what a chain makes of the picture, and its black and white; note the numbers.

        Raises InputError where it does not fit.
        """
        worker, picture = self.worker, self.picture
        indices = told_file(self.source, worker.pipeline)
        plan, result = worker.computed(picture, indices, self._quantization)
        tried.steps = [step.to_json() for step in plan.steps]
        tried.warnings = [*plan.warnings, *result.warnings]
        tried.shape = tuple(plan.shape)
        if timed:
            tried.seconds = self._seconds(result, indices)
        found = result_picture(picture, result.pixels[:1])
        check_is_flat(found)
        how = self._range(plan)
        if how == "clamp":
            self._measure(tried, found)
        own = own_range_of(picture)
        return found, range_for_result(
            how, found.pixels[:, :-1] if found.alpha else found.pixels, own
        )

    def _range(self, plan: Plan) -> str:
        return self.worker.settings.range or own_range(plan)

    def _quantization(self, plan: Plan) -> Quantization:
        """Return how a result is kept: as a file of the source's type has it, or in full."""
        plain = self._range(plan) == "clamp"
        return Quantization(self.picture.pixels.dtype.name if plain else "float32")

    def _seconds(self, result: Result, indices: str | None) -> float:
        times = [sum(result.seconds)]
        while len(times) < MOST_RUNS and min(times) < LONG:
            _, again = self.worker.computed(self.picture, indices, self._quantization)
            times.append(sum(again.seconds))
        return min(times)

    def _measure(self, tried: Tried, found: Picture) -> None:
        """Note how far a result of the source's own shape is from it, as `compare` measures it."""
        if found.pixels.shape == self.picture.pixels.shape:
            tried.metrics = compare_pictures(self.picture, found).metrics
