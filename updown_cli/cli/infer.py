"""`updown infer`: the parameters that lead from one size to another."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import click

from updown_cli.cli.click_types import ClickParamType
from updown_cli.cli.printing import write_stdout
from updown_cli.cli.table import print_columns
from updown_cli.errors import ShapeError, UsageError
from updown_cli.op.infer import LAYERS, Limits, Setting, nearest_sizes, settings
from updown_cli.op.param_types import Choice, Int
from updown_cli.op.parameter import as_typed, each_axis
from updown_cli.op.per_axis import Sizes
from updown_cli.tensors.layout import SIDES

SIDE = Sizes(min=1, max=1 << 20)
Decorator = Callable[[Callable[..., None]], Callable[..., None]]

COLUMNS = ("kernel", "stride", "padding", "output padding", "dilation", "overlap")


def size_option(name: str, text: str) -> Decorator:
    """Return an option that takes sizes, and must be given."""
    names = (name, name.removeprefix("--") + "_size")
    return click.option(
        *names, type=ClickParamType(SIDE), metavar=SIDE.metavar, required=True, help=text
    )


def limit_option(name: str, default: int | None, most: int, text: str) -> Decorator:
    """Return an option for the largest value that is tried."""
    kind = ClickParamType(Int(min=0 if default is None else 1, max=most))
    shows = default is not None
    return click.option(name, type=kind, default=default, show_default=shows, help=text)


@click.command(short_help="Find the parameters that lead from one size to another.")
@click.argument("layer", type=ClickParamType(Choice(LAYERS)), metavar=Choice(LAYERS).metavar)
@size_option("--in", "Size before the layer.")
@size_option("--out", "Size after the layer.")
@limit_option("--max-kernel", 7, 64, "Largest kernel.")
@limit_option("--max-stride", 4, 32, "Largest stride.")
@limit_option("--max-dilation", 1, 8, "Largest dilation.")
@limit_option(
    "--max-padding",
    None,
    1 << 20,
    "Largest padding; if not given dilation * (kernel - 1). A pool's is half of kernel at most.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per setting.")
def infer(
    layer: str,
    in_size: tuple[int, ...],
    out_size: tuple[int, ...],
    as_json: bool,
    **limits: Any,
) -> None:
    """Find the parameters of a layer that lead from one size to another.

    Every kernel, stride, padding, output padding and dilation within the limits that torch
    accepts, small ones first. "even" are those whose kernel is a multiple of their stride: every
    pixel is under as many taps, so a transposed convolution makes no checkerboard.

    \b
        updown infer deconv --in 112 --out 224
        updown infer conv --in 300x451 --out 150x226 --max-kernel 5
    """
    sizes = _sides(in_size, out_size)
    most = Limits(**{name.removeprefix("max_"): value for name, value in limits.items()})
    found = _by_setting([_settings(layer, *side, most) for side in sizes])
    if as_json:
        write_stdout("".join(json.dumps(_as_json(layer, *row)) + "\n" for row in found))
    else:
        _show(found, several=len(set(sizes)) > 1)


def _sides(before: tuple[int, ...], after: tuple[int, ...]) -> list[tuple[int, int]]:
    counts = {len(before), len(after)} - {1}
    if len(counts) > 1:
        reason = f"{len(before)} and {len(after)} numbers"
        raise UsageError(reason, subject=f"--in {as_typed(before)}, --out {as_typed(after)}")
    return [(one, other) for one, other in each_axis(before, after)]


def _settings(layer: str, before: int, after: int, limits: Limits) -> list[Setting]:
    """Return the settings for one axis; raise ShapeError, with the nearest sizes, for none."""
    found = settings(layer, before, after, limits)
    if found:
        return found
    nearest = " and ".join(map(str, nearest_sizes(layer, before, after, limits)))
    hint = f"the nearest size is {nearest}" if nearest.isdigit() else f"the nearest are {nearest}"
    raise ShapeError(
        f"nothing leads from {before} to {after} within the limits",
        subject=f"infer {layer}",
        hint=hint if nearest else "",
    )


def _by_setting(found: Sequence[list[Setting]]) -> list[tuple[Setting, str]]:
    """Return every setting with the axes that it fits; those that fit most axes first."""
    axes: dict[Setting, str] = {}
    for letter, fitting in zip(SIDES[len(found)], found, strict=True):
        for setting in fitting:
            axes[setting] = axes.get(setting, "") + letter
    return sorted(axes.items(), key=lambda row: (-len(row[1]), *row[0].usual_first()))


def _as_json(layer: str, setting: Setting, axes: str) -> dict[str, Any]:
    return {
        "layer": layer,
        **asdict(setting),
        "overlap_free": setting.overlap_free,
        "axes": list(axes),
    }


def _show(found: list[tuple[Setting, str]], *, several: bool) -> None:
    rows = []
    for setting, axes in found:
        numbers = tuple(map(str, asdict(setting).values()))
        overlap = "even" if setting.overlap_free else "uneven"
        rows.append((*numbers, overlap, *([axes] if several else [])))
    print_columns((*COLUMNS, "axes") if several else COLUMNS, rows, right=COLUMNS[:-1])
