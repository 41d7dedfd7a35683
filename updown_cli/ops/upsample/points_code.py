"""Interpolations that torch has not, as explicit arithmetic on the points that they sample."""

from __future__ import annotations

from collections.abc import Iterator

from updown_cli.op.base import Op
from updown_cli.op.code import SIDES, Lines, Writer, cross_index, literal
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.mean import MeanUpsample
from updown_cli.ops.upsample.median import MedianUpsample
from updown_cli.ops.upsample.sampling import Recomputed
from updown_cli.ops.upsample.spline import SplineUpsample
from updown_cli.ops.upsample.step import StepUpsample


def of_points(
    op: Recomputed, coordinates: str, shape: Shape, counted: str = "torch.arange({}).double()"
) -> Iterator[str]:
    """Yield for each side where its output pixels lie in the input."""
    axes = zip(shape.size, op.out_size(shape), op.ratios(shape), strict=True)
    for length, out, (step, per) in axes:
        i = counted.format(out)
        if coordinates == "half-pixel":
            yield f"({_scaled(f'(2 * {i} + 1)', step, per)} - 1) / 2"
        elif coordinates == "align-corners":
            yield _scaled(i, length - 1, max(out - 1, 1))
        else:
            yield _scaled(i, step, per)


def _scaled(i: str, step: float, per: float) -> str:
    times = "" if step == 1 else f" * {literal(float(step))}"
    return i + times + ("" if per == 1 else f" / {literal(float(per))}")


def picked_lines(op: Recomputed, shape: Shape, whole: str) -> Lines:
    """Return the pixels at the points made whole."""
    names = SIDES[shape.dims]
    points = of_points(op, getattr(op, "coordinates", "half-pixel"), shape)
    lines = [f"{name} = {whole.format(at)}" for name, at in zip(names, points, strict=True)]
    return [*lines, f"y = x{cross_index(names)}"]


def step(op: StepUpsample, shape: Shape, frames: int) -> Lines:
    """Return the pixels before or after the points, which end at the last pixel."""
    whole = "floor" if op.step == "previous" else "ceil"
    names = SIDES[shape.dims]
    points = of_points(op, op.coordinates, shape)
    lines = [
        f"{name} = ({at}).clamp(0, {side - 1}).{whole}().long()"
        for name, at, side in zip(names, points, shape.size, strict=True)
    ]
    return [*lines, f"y = x{cross_index(names)}"]


def spline(op: SplineUpsample, shape: Shape, frames: int) -> Lines:
    """Return SciPy's splines through each side in turn."""
    lines = ["# torch has no splines through all pixels of a side, SciPy has.", "y = x.numpy()"]
    points = of_points(op, op.coordinates, shape, "np.arange({})")
    for axis, (at, side) in enumerate(zip(points, shape.size, strict=True), start=2):
        if side == 1:
            lines.append(f"y = y.repeat({op.out_size(shape)[axis - 2]}, axis={axis})")
            continue
        lines += [
            f'splines = CubicSpline(np.arange({side}), y, axis={axis}, bc_type="{op.boundary}")',
            f"y = splines(({at}).clip(0, {side - 1}))",
        ]
    return [*lines, "y = torch.from_numpy(y).to(x)"]


def mean(op: MeanUpsample, shape: Shape, frames: int) -> Lines:
    """Return the means of the pixels before and after, one side after the other."""
    lines, name = [], "x"
    for axis, (factor, out) in enumerate(zip(op.factors(), op.out_size(shape), strict=True), 2):
        if factor == 1:
            continue
        before, after = _beside(factor, out)
        lines += [
            f"before, after = {before}, {after}",
            f"y = ({name}.index_select({axis}, before) + {name}.index_select({axis}, after)) / 2",
        ]
        name = "y"
    return lines or ["y = x"]


def median(op: MedianUpsample, shape: Shape, frames: int) -> Lines:
    """Return the medians of the pixels before and after along all sides."""
    names, singles = SIDES[shape.dims], [name.removesuffix("s") for name in SIDES[shape.dims]]
    sides = zip(names, op.factors(), op.out_size(shape), strict=True)
    lines = [f"{name} = {', '.join(_beside(factor, out))}" for name, factor, out in sides]
    loops = [f"    for {one} in {many}" for one, many in zip(singles, names, strict=True)]
    lines += [
        "corners = [",
        f"    x{cross_index(singles)}",
        *loops,
        "]",
        "corners = torch.stack(corners, -1)",
    ]
    lower = "corners.median(-1).values"
    if op.median == "lower":
        return [*lines, f"y = {lower}"]
    return [*lines, f"y = ({lower} - (-corners).median(-1).values) / 2"]


def _beside(factor: int, out: int) -> tuple[str, str]:
    """Return the old pixels before and after every new one."""
    if factor == 1:
        return f"torch.arange({out})", f"torch.arange({out})"
    pixels = f"torch.arange({out})"
    return f"{pixels} // {factor}", f"({pixels} + {factor - 1}) // {factor}"


POINTS: dict[type[Op], Writer] = {
    StepUpsample: step,
    SplineUpsample: spline,
    MeanUpsample: mean,
    MedianUpsample: median,
}
