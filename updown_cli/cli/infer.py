"""`updown infer`: the parameters that lead from one size to another."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from updown_cli.cli.command import command
from updown_cli.cli.option import argument, flag, option, option_class
from updown_cli.cli.printing import write_stdout
from updown_cli.cli.table import print_columns
from updown_cli.errors import ShapeError, UsageError
from updown_cli.op.infer import LAYERS, Limits, Setting, nearest_sizes, settings
from updown_cli.op.param_types import Choice, Int
from updown_cli.op.parameter import as_typed, each_axis
from updown_cli.op.per_axis import Sizes
from updown_cli.tensors.layout import SIDES

SIDE = Sizes(min=1, max=1 << 20)

COLUMNS = ("kernel", "stride", "padding", "output padding", "dilation", "overlap")


def _size(name: str, text: str) -> Any:
    return option(name, kind=SIDE, required=True, help=text)


def _limit(name: str, default: int | None, most: int, text: str) -> Any:
    """Declare the largest value that is tried."""
    return option(
        name, kind=Int(min=0 if default is None else 1, max=most), default=default, help=text
    )


@option_class
class InferOptions:
    """The layer, its sizes, and what is tried."""

    layer: str = argument(kind=Choice(LAYERS))
    in_size: tuple[int, ...] = _size("--in", "Size before the layer.")
    out_size: tuple[int, ...] = _size("--out", "Size after the layer.")
    max_kernel: int = _limit("--max-kernel", 7, 64, "Largest kernel.")
    max_stride: int = _limit("--max-stride", 4, 32, "Largest stride.")
    max_dilation: int = _limit("--max-dilation", 1, 8, "Largest dilation.")
    max_padding: int | None = _limit(
        "--max-padding",
        None,
        1 << 20,
        "Largest padding; if not given dilation * (kernel - 1). A pool's is half of kernel at "
        "most.",
    )
    as_json: bool = flag("--json", help="Print one JSON object per setting.")

    @property
    def limits(self) -> Limits:
        """The largest values that are tried."""
        return Limits(
            kernel=self.max_kernel,
            stride=self.max_stride,
            dilation=self.max_dilation,
            padding=self.max_padding,
        )


@command("infer", InferOptions)
def infer(options: InferOptions) -> int:
    """Find the parameters of a layer that lead from one size to another.

    Every kernel, stride, padding, output padding and dilation within the limits that torch
    accepts, small ones first. "even" are those whose kernel is a multiple of their stride: every
    pixel is under as many taps, so a transposed convolution makes no checkerboard.

    \b
        updown infer deconv --in 112 --out 224
        updown infer conv --in 300x451 --out 150x226 --max-kernel 5
    """
    sizes = _sides(options.in_size, options.out_size)
    layer, limits = options.layer, options.limits
    found = _by_setting([_settings(layer, *side, limits) for side in sizes])
    if options.as_json:
        write_stdout("".join(json.dumps(_as_json(layer, *row)) + "\n" for row in found))
    else:
        _show(found, several=len(set(sizes)) > 1)
    return 0


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
