"""`updown bench`: how fast operations are on this machine."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from updown_cli.cli import common_options
from updown_cli.cli.command import command
from updown_cli.cli.option import argument, flag, option, option_class
from updown_cli.cli.printing import write_stdout
from updown_cli.cli.shape_type import ShapeType, SizeType
from updown_cli.cli.step_offers import offered_tries
from updown_cli.op.param_types import Int
from updown_cli.op.shape import Shape, by_x

if TYPE_CHECKING:
    from updown_cli.batch.timing import Case, Timing
    from updown_cli.engine.engine import Engine

#: What is timed if nothing is named.
STEPS = (
    "pool -k 2",
    "pool -k 2 | unpool",
    "upsample --mode {nearest,bilinear,bicubic} --scale-factor 2",
    "upsample --mode bicubic --antialias --scale-factor 0.5",
    "deconv --kernel bilinear -s 2 -p 1",
    "shuffle --downscale-factor 2",
)
SHAPES = (Shape(3, 512, 512), Shape(3, 2048, 2048))

COLUMNS = ("steps", "in", "out", "device", "median", "min", "spread", "in MP/s", "out MP/s")


def _count(name: str, default: int | None, least: int, text: str) -> Any:
    return option(name, kind=Int(min=least, max=1024), default=default, help=text)


@option_class
class BenchOptions:
    """What is timed, on what, and how often."""

    size: tuple[Shape, ...] = option(
        "--size",
        kind=SizeType(),
        multiple=True,
        help="Sides of the noise, of three channels; repeatable.  [default: 512, 2048]",
    )
    shape: tuple[Shape, ...] = option(
        "--shape",
        kind=ShapeType(),
        multiple=True,
        help="The same with channels before one to three sides; repeatable.",
    )
    device: tuple[str, ...] = common_options.device(
        "Where torch computes; repeatable.", several=True
    )
    repeat: int = _count("--repeat", 5, 1, "Runs that are timed.")
    warmup: int = _count("--warmup", 1, 0, "Runs before them that are not.")
    threads: int | None = _count(
        "--threads", None, 1, "Threads of torch.  [default: one for each core]"
    )
    dtype: str = common_options.dtype()
    max_pixels: int = common_options.max_pixels()
    max_memory: int | None = common_options.max_memory()
    json: bool = flag("--json", help="Print one JSON object per time.")
    progress: bool = common_options.progress()
    steps: tuple[str, ...] = argument(
        "[STEPS]...", None, many=True, required=False, complete=offered_tries
    )


@command("bench", BenchOptions)
def bench(options: BenchOptions) -> int:
    """Time operations on this machine.

    STEPS are those of updown chain, one argument for each chain; of {a,b} every alternative is
    timed. Without any the most used operations are. Times are of noise in memory, from the
    bytes of a decoded picture to those of the result: what a run takes but for reading and
    writing files. The spread is that of slowest and fastest, as part of the median; with
    several devices "ratio" compares the medians with that of the first.

    \b
        updown bench
        updown bench 'upsample --mode {bilinear,bicubic} --scale-factor 2' --size 1080x1920
        updown bench 'pool -k {2,3,5}' --device cpu --device cuda --json
    """
    from updown_cli.batch.timing import time_case
    from updown_cli.cli.picture_bar import picture_bar
    from updown_cli.cli.table import print_columns

    cases = _cases(options)
    engines = _engines(options)
    rows = []
    for case in cases:
        with picture_bar(shown=options.progress) as bar:
            timings = [
                time_case(case, replace(engine, tell=bar.rows), options.repeat, options.warmup, bar)
                for engine in engines
            ]
        for timing in timings:
            ratio = timing.median / timings[0].median
            if options.json:
                write_stdout(json.dumps({**timing.to_json(), "ratio": round(ratio, 3)}) + "\n")
            else:
                rows.append((*_row(timing), *([f"{ratio:.2f}"] if len(engines) > 1 else [])))
    if rows:
        columns = (*COLUMNS, "ratio") if len(engines) > 1 else COLUMNS
        print_columns(columns, rows, right=columns[4:], name="steps")
    return 0


def _cases(options: BenchOptions) -> list[Case]:
    from updown_cli.batch.timing import Case
    from updown_cli.cli.braces import expand_braces
    from updown_cli.cli.steps import parse_steps

    limits = (options.max_pixels, options.max_memory)
    texts = [text for steps in options.steps or STEPS for text in expand_braces(steps)]
    pipelines = {text: parse_steps(text) for text in texts}
    return [
        Case.of(text, pipeline, shape, limits)
        for text, pipeline in pipelines.items()
        for shape in (*options.size, *options.shape) or SHAPES
    ]


def _engines(options: BenchOptions) -> list[Engine]:
    from updown_cli.engine.devices import start_torch
    from updown_cli.engine.engine import Engine

    engines = [Engine(start_torch(device), options.dtype) for device in options.device]
    if options.threads:
        import torch

        torch.set_num_threads(options.threads)
    return engines


def _row(timing: Timing) -> tuple[str, ...]:
    case = timing.case
    return (
        case.text,
        by_x(tuple(case.shape)),
        by_x(tuple(case.plan.shape)),
        timing.device,
        f"{timing.median * 1000:.2f} ms",
        f"{min(timing.seconds) * 1000:.2f} ms",
        f"{timing.spread:.0%}",
        _rate(timing.rate(case.shape)),
        _rate(timing.rate(case.plan.shape)),
    )


def _rate(rate: float) -> str:
    """Return a rate of which something is left when it is rounded."""
    return f"{rate:.1f}" if rate >= 0.05 else f"{rate:.1g}"
