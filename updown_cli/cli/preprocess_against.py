"""Two configurations beside each other: which steps differ, and how far apart their tensors are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from updown_cli import __version__
from updown_cli.batch.inputs import Source
from updown_cli.cli.printing import printable, say_error, write_stdout
from updown_cli.cli.run import Run
from updown_cli.cli.table import print_columns
from updown_cli.cli.typed_steps import typed_steps
from updown_cli.errors import InputError
from updown_cli.op.param_types import Float
from updown_cli.op.shape import by_x
from updown_cli.processors.preparation import Preparation

if TYPE_CHECKING:
    from numpy.typing import NDArray

Side = tuple[Preparation, Run]
Pair = tuple[Side, Side]

NOTHING = "-"


@dataclass(frozen=True)
class Stage:
    """What two configurations have made of a picture after a step, and how far that is apart."""

    #: Channels and sides; None where a configuration has no such step.
    sizes: tuple[tuple[int, ...] | None, tuple[int, ...] | None]
    #: The largest difference, and of a hundred values those that differ; None of other sizes.
    largest: float | None = None
    percent: float | None = None

    @property
    def differs(self) -> bool:
        """Whether any value does."""
        return self.largest != 0

    def row(self) -> tuple[str, str, str, str]:
        """Return both sizes, the largest difference, and the share of values that differ."""
        one, other = (NOTHING if size is None else by_x(size) for size in self.sizes)
        if self.largest is None or self.percent is None:
            return one, other, "no such step" if None in self.sizes else "other sizes", ""
        return one, other, f"{self.largest:.4g}", f"{self.percent:.3g} %"

    def to_json(self) -> dict[str, Any]:
        """Return the same as JSON; what is not finite is text."""
        names = ("one", "other", "largest_difference", "percent_of_values")
        values = (*self.sizes, Float().dump(self.largest), self.percent)
        return dict(zip(names, values, strict=True))


@dataclass(frozen=True)
class Outcome:
    """What became of a picture: its stages, or why it could not be read."""

    path: str
    stages: tuple[Stage, ...] = ()
    error: InputError | None = None

    @property
    def status(self) -> str:
        """Whether the tensors are the same, differ, or could not be made."""
        return "failed" if self.error else _status(differs=self.stages[-1].differs)

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as JSON."""
        error = self.error and {"code": self.error.code, "message": str(self.error)}
        steps = [{"step": n, **stage.to_json()} for n, stage in enumerate(self.stages, 1)]
        return {"source": self.path, "status": self.status, "steps": steps, "error": error}


def compare_preparations(
    pair: Pair, sources: list[Source], *, as_json: bool, quiet: bool = False
) -> int:
    """Print which steps differ, and for each input where and how far; return the exit code.

    What else lies in folders of pictures is left out.
    """
    (one, _), (other, _) = pair
    as_text = not as_json and not quiet
    steps = [
        (number, [typed_steps([op]) if op else None for op in ops])
        for number, ops in enumerate(zip_longest(one.ops, other.ops), 1)
        if ops[0] != ops[1]
    ]
    if as_text:
        _print_steps(one, other, steps)
    outcomes = []
    for outcome in _outcomes(pair, sources):
        outcomes.append(outcome)
        _tell(outcome, as_text=as_text)
    statuses = {outcome.status for outcome in outcomes}
    differs = bool(steps) or one.on_white != other.on_white or "differs" in statuses
    status = "failed" if "failed" in statuses else _status(differs=differs)
    if as_json:
        told = {
            "updown": __version__,
            "status": status,
            "one": one.name,
            "other": other.name,
            "on_white": [one.on_white, other.on_white],
            "steps": [{"step": number, "one": a, "other": b} for number, (a, b) in steps],
            "inputs": [outcome.to_json() for outcome in outcomes],
        }
        write_stdout(json.dumps(told, allow_nan=False) + "\n")
    elif as_text and status == "same":
        write_stdout("the same\n")
    return ("same", "differs", "failed").index(status)


def _status(*, differs: bool) -> str:
    return "differs" if differs else "same"


def _print_steps(
    one: Preparation, other: Preparation, steps: list[tuple[int, list[str | None]]]
) -> None:
    write_stdout(f"{printable(one.name)} against {printable(other.name)}\n")
    if one.on_white != other.on_white:
        write_stdout("transparency is put on white by one of them alone\n")
    rows = [(str(number), *(step or NOTHING for step in pair)) for number, pair in steps]
    if rows:
        print_columns(("step", "one", "other"), rows)


def _tell(outcome: Outcome, *, as_text: bool) -> None:
    """Print the stages of a picture, and on standard error why it failed."""
    if outcome.error:
        say_error(outcome.error, outcome.path)
    elif as_text:
        write_stdout(f"{printable(outcome.path)}\n")
        rows: list[tuple[str, ...]] = [
            (str(number), *stage.row()) for number, stage in enumerate(outcome.stages, 1)
        ]
        print_columns(("step", "one", "other", "largest difference", "values"), rows)


def _outcomes(pair: Pair, sources: list[Source]) -> Iterator[Outcome]:
    """Yield how far what two configurations make of each picture is apart after each step."""
    for source in sources:
        try:
            source.check()
            made = zip_longest(*(_made(*side, source.path) for side in pair))
            yield Outcome(source.path, tuple(_stage(one, other) for one, other in made))
        except InputError as error:
            if not source.is_left_out(error):
                yield Outcome(source.path, error=error)


def _made(preparation: Preparation, run: Run, path: str) -> Iterator[NDArray[Any]]:
    """Yield what is left of a picture after each step."""
    from updown_cli.batch.job import Worker
    from updown_cli.engine.quantize import Quantization
    from updown_cli.files.read import read
    from updown_cli.pipeline.pipeline import Pipeline

    picture = read(path, run.settings.reading)
    for count in range(1, len(preparation.ops) + 1):
        worker = Worker(Pipeline.of(*preparation.ops[:count]), run.settings)
        _, result = worker.computed(picture, None, lambda plan: Quantization("float32"))
        yield result.pixels


def _stage(one: NDArray[Any] | None, other: NDArray[Any] | None) -> Stage:
    sizes = (None if one is None else one.shape[1:], None if other is None else other.shape[1:])
    if one is None or other is None or one.shape != other.shape:
        return Stage(sizes)
    difference = abs(one.astype("float64") - other)
    return Stage(sizes, float(difference.max()), 100 * float((difference > 0).mean()))
