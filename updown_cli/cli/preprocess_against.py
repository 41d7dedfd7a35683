"""Two configurations beside each other: which steps differ, and how far apart their tensors are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from updown_cli.batch.inputs import Source
from updown_cli.cli.printing import printable, say_error, write_stdout
from updown_cli.cli.run import Run
from updown_cli.cli.table import print_columns
from updown_cli.cli.typed_steps import typed_steps
from updown_cli.errors import InputError
from updown_cli.processors.preparation import Preparation

if TYPE_CHECKING:
    from numpy.typing import NDArray

Side = tuple[Preparation, Run]

NOTHING = "-"


def print_against(one: Side, other: Side, sources: list[Source]) -> int:
    """Print the steps that differ, and for each input where and how far; return the exit code."""
    ops = list(zip_longest(one[0].ops, other[0].ops))
    same = [a == b for a, b in ops]
    write_stdout(f"{printable(one[0].name)} against {printable(other[0].name)}\n")
    if one[0].on_white != other[0].on_white:
        same.append(False)
        write_stdout("transparency is put on white by one of them alone\n")
    rows: list[tuple[str, ...]] = [
        (str(number), *(typed_steps([op]) if op else NOTHING for op in pair))
        for number, pair in enumerate(ops, 1)
        if pair[0] != pair[1]
    ]
    if rows:
        print_columns(("step", "one", "other"), rows)
    differs, failed = not all(same), False
    for source in sources:
        try:
            differs = _differs(one, other, source.path) or differs
        except InputError as error:
            say_error(error, source.path)
            failed = True
    if not differs and not failed:
        write_stdout("the same\n")
    return 2 if failed else int(differs)


def _differs(one: Side, other: Side, path: str) -> bool:
    """Print what differs of one picture after each step, and return whether the tensors do."""
    pairs = list(zip_longest(_stages(*one, path), _stages(*other, path)))
    rows: list[tuple[str, ...]] = [
        (str(number), *_told(a, b)) for number, (a, b) in enumerate(pairs, 1)
    ]
    write_stdout(f"{printable(path)}\n")
    print_columns(("step", "one", "other", "largest difference", "values"), rows)
    return rows[-1][-2] != "0"


def _stages(preparation: Preparation, run: Run, path: str) -> Iterator[NDArray[Any]]:
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


def _told(one: NDArray[Any] | None, other: NDArray[Any] | None) -> tuple[str, str, str, str]:
    """Return both sizes, the largest difference, and the share of values that differ."""
    from updown_cli.op.shape import by_x

    sizes = [NOTHING if each is None else by_x(each.shape[1:]) for each in (one, other)]
    if one is None or other is None or one.shape != other.shape:
        return sizes[0], sizes[1], "other sizes" if NOTHING not in sizes else "no such step", ""
    difference = abs(one.astype("float64") - other)
    share = f"{100 * (difference > 0).mean():.3g} %"
    return sizes[0], sizes[1], f"{difference.max():.4g}", share
