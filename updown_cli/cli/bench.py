"""`updown bench`: how fast operations are on this machine."""

from __future__ import annotations

import json
from typing import Any

import click

from updown_cli.batch.timing import Case, Timing, time_case
from updown_cli.cli.braces import expand_braces
from updown_cli.cli.click_types import ClickParamType
from updown_cli.cli.options import device_of
from updown_cli.cli.printing import write_stdout
from updown_cli.cli.run_options import shared
from updown_cli.cli.shapes import Shapes
from updown_cli.cli.shared_option import option
from updown_cli.cli.steps import parse_steps
from updown_cli.cli.table import print_columns
from updown_cli.engine.devices import start_torch
from updown_cli.engine.engine import Engine
from updown_cli.op.param_types import Int
from updown_cli.op.shape import by_x

#: What is timed if nothing is named.
STEPS = (
    "pool -k 2",
    "pool -k 2 | unpool",
    "upsample --mode {nearest,bilinear,bicubic} --scale-factor 2",
    "upsample --mode bicubic --antialias --scale-factor 0.5",
    "deconv --kernel bilinear -s 2 -p 1",
    "shuffle --downscale-factor 2",
)
SIZES = ("3x512x512", "3x2048x2048")

COLUMNS = ("steps", "in", "out", "device", "median", "min", "spread", "in MP/s", "out MP/s")

HELP = """Time operations on this machine.

STEPS are those of updown chain, one argument for each chain; of {a,b} every alternative is timed.
Without any the most used operations are. Times are of noise in memory, from the bytes of a decoded
picture to those of the result: what a run takes but for reading and writing files. The spread is
that of slowest and fastest, as part of the median; with several devices "ratio" compares the
medians with that of the first.

\b
    updown bench
    updown bench 'upsample --mode {bilinear,bicubic} --scale-factor 2' --size 3x1080x1920
    updown bench 'pool -k {2,3,5}' --device cpu --device cuda --json
"""


def _options() -> list[click.Parameter]:
    return [
        click.Option(
            ["--size"],
            type=ClickParamType(Shapes()),
            metavar=Shapes.metavar,
            multiple=True,
            default=SIZES,
            show_default=True,
            help="Channels and sides of the noise; repeatable.",
        ),
        option(
            "--device",
            metavar="cpu|cuda[:N]|mps|auto",
            multiple=True,
            default=("cpu",),
            show_default=True,
            help="Where torch computes; repeatable.",
        ),
        _count("--repeat", 5, 1, "Runs that are timed."),
        _count("--warmup", 1, 0, "Runs before them that are not."),
        _count("--threads", None, 1, "Threads of torch.  [default: one for each core]"),
        *shared("dtype", "max_pixels", "max_memory"),
        click.Option(["--json"], is_flag=True, help="Print one JSON object per time."),
        click.Argument(["steps"], nargs=-1, metavar="[STEPS]..."),
    ]


def _count(name: str, default: int | None, least: int, text: str) -> click.Option:
    return click.Option(
        [name],
        type=ClickParamType(Int(min=least, max=1024)),
        metavar="N",
        default=default,
        show_default=default is not None,
        help=text,
    )


def _bench(**values: Any) -> None:
    devices = [device_of(name) for name in values["device"]]
    limits = (values["max_pixels"], values["max_memory"])
    texts = [text for steps in values["steps"] or STEPS for text in expand_braces(steps)]
    pipelines = {text: parse_steps(text) for text in texts}
    cases = [
        Case.of(text, pipeline, shape, limits)
        for text, pipeline in pipelines.items()
        for shape in values["size"]
    ]
    engines = [Engine(start_torch(device), values["dtype"]) for device in devices]
    if values["threads"]:
        import torch

        torch.set_num_threads(values["threads"])
    rows = []
    for case in cases:
        timings = [
            time_case(case, engine, values["repeat"], values["warmup"]) for engine in engines
        ]
        for timing in timings:
            ratio = timing.median / timings[0].median
            if values["json"]:
                write_stdout(json.dumps({**timing.to_json(), "ratio": round(ratio, 3)}) + "\n")
            else:
                rows.append((*_row(timing), *([f"{ratio:.2f}"] if len(engines) > 1 else [])))
    if rows:
        columns = (*COLUMNS, "ratio") if len(engines) > 1 else COLUMNS
        print_columns(columns, rows, right=columns[4:], name="steps")


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
        f"{timing.rate(case.shape):.1f}",
        f"{timing.rate(case.plan.shape):.1f}",
    )


bench = click.Command(
    "bench",
    callback=_bench,
    params=_options(),
    help=HELP,
    short_help="Time operations on this machine.",
)
