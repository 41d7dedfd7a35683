"""Interpolations as torch code."""

from __future__ import annotations

from updown_cli.op.base import Op
from updown_cli.op.code import Lines, Writer, format_call, one_for_all_axes
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.area import Area
from updown_cli.ops.upsample.area_exact import AreaExact
from updown_cli.ops.upsample.bicubic import Bicubic
from updown_cli.ops.upsample.bilinear import Bilinear
from updown_cli.ops.upsample.lanczos import Lanczos
from updown_cli.ops.upsample.linear import LINEAR, Linear
from updown_cli.ops.upsample.nearest import Nearest
from updown_cli.ops.upsample.nearest_exact import NearestExact
from updown_cli.ops.upsample.points_code import of_points, picked_lines
from updown_cli.ops.upsample.sampling import Recomputed, Upsample, as_float
from updown_cli.ops.upsample.smooth import Aligned
from updown_cli.ops.upsample.trilinear import Trilinear

#: Torch's weights beside a point, by a distance below 1 and, for the cubic, below 2.
TRIANGLE = ["def weight(distance):", "    return 1 - distance"]
CUBIC = [
    "def weight(d, a=-0.75):",
    "    near = ((a + 2) * d - (a + 3)) * d**2 + 1",
    "    far = a * (((d - 5) * d + 8) * d - 4)",
    "    return torch.where(d < 1, near, far)",
]


def interpolate(op: Upsample, shape: Shape, **options: object) -> Lines:
    """Return torch's call."""
    sampling: dict[str, object]
    if op.scale_factor is None:
        sampling = {"size": one_for_all_axes(op.out_size(shape))}
    else:
        sides = zip(op.scale_factor, shape.size, op.out_size(shape), strict=True)
        sampling = {"scale_factor": one_for_all_axes([as_float(*side) for side in sides])}
    if isinstance(op, Recomputed):
        sampling["recompute_scale_factor"] = op.recompute_scale_factor
    return [f"y = {format_call('F.interpolate', 'x', **sampling, **options)}"]


def nearest(op: Nearest, shape: Shape, frames: int) -> Lines:
    """Return torch's nearest or nearest-exact, or the pixels nearest to aligned points."""
    if op.coordinates == "align-corners":
        return picked_lines(op, shape, "({} + 0.5).long()")
    exact = op.coordinates == "half-pixel"
    return interpolate(op, shape, mode="nearest-exact" if exact else "nearest")


def nearest_exact(op: NearestExact, shape: Shape, frames: int) -> Lines:
    """Return torch's nearest-exact."""
    return interpolate(op, shape, mode=op.mode)


def smooth(op: Aligned, shape: Shape, frames: int) -> Lines:
    """Return torch's interpolation, or that with TensorFlow 1's points."""
    if op.coordinates == "asymmetric":
        return asymmetric(op, shape)
    return interpolate(
        op,
        shape,
        mode=LINEAR[shape.dims] if isinstance(op, Linear) else op.mode,
        align_corners=op.where() == "align-corners",
        antialias=getattr(op, "antialias", False),
    )


def asymmetric(op: Aligned, shape: Shape) -> Lines:
    """Return the sum of the pixels around i * in / out, one side after the other."""
    taps = tuple(range(1 - op.side, op.side + 1))
    lines = [
        *(CUBIC if isinstance(op, Bicubic) else TRIANGLE),
        "",
        "",
        "def interpolated(x, axis, at):",
        "    x, last = x.movedim(axis, -1), x.shape[axis] - 1",
        f"    around = [at.floor() + tap for tap in {taps}]",
        "    parts = [",
        "        x[..., pixel.clamp(0, last).long()] * weight((at - pixel).abs()).to(x)",
        "        for pixel in around",
        "    ]",
        "    return sum(parts).movedim(-1, axis)",
        "",
        "",
    ]
    name = "x"
    for axis, points in enumerate(of_points(op, "asymmetric", shape), start=2):
        lines.append(f"y = {format_call('interpolated', name, str(axis), points)}")
        name = "y"
    return lines


def area(op: Area, shape: Shape, frames: int) -> Lines:
    """Return torch's means of whole pixels."""
    return interpolate(op, shape, mode=op.mode)


def area_exact(op: AreaExact, shape: Shape, frames: int) -> Lines:
    """Return the means with parts of pixels, as a product with a matrix for each side."""
    inner, result = "ijk"[: shape.dims], "pqr"[: shape.dims]
    factors = [f"{new}{old}" for new, old in zip(result, inner, strict=True)]
    formula = f'"nc{inner},{",".join(factors)}->nc{result}"'
    sides = zip(shape.size, op.out_size(shape), strict=True)
    matrices = [f"covered({length}, {out})" for length, out in sides]
    return [
        "def covered(length, out):",
        '    """Return how much of each result is made of each pixel, out x length."""',
        "    start, pixel = torch.arange(out)[:, None] * length, torch.arange(length) * out",
        "    overlap = torch.minimum(start + length, pixel + out) - torch.maximum(start, pixel)",
        "    return overlap.clamp(min=0).to(x) / length",
        "",
        "",
        f"y = {format_call('torch.einsum', formula, 'x', *matrices)}",
    ]


def lanczos(op: Lanczos, shape: Shape, frames: int) -> Lines:
    """Return torch's lanczos."""
    return interpolate(op, shape, mode=op.mode, antialias=True)


INTERPOLATIONS: dict[type[Op], Writer] = {
    Nearest: nearest,
    NearestExact: nearest_exact,
    Linear: smooth,
    Bilinear: smooth,
    Bicubic: smooth,
    Trilinear: smooth,
    Area: area,
    AreaExact: area_exact,
    Lanczos: lanczos,
}
