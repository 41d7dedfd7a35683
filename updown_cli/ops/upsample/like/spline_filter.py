"""The filter that makes spline coefficients of pixels, as SciPy's ndimage.spline_filter1d."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.ops.upsample.like.splines import PADDING, POLES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[Any]


def padding_of(edge: str, order: int) -> int:
    """Return how many pixels are put around before the filter."""
    return PADDING.get(edge, 0) if order > 1 else 0


def padded(pixels: Numbers, axes: tuple[int, ...], order: int, edge: str) -> Numbers:
    """Return pixels with that many around them along axes."""
    import numpy as np

    count = padding_of(edge, order)
    if not count:
        return pixels
    around = [(count, count) if axis in axes else (0, 0) for axis in range(pixels.ndim)]
    return np.pad(pixels, around, mode="edge" if edge == "nearest" else "constant")


def coefficients(pixels: Numbers, axis: int, order: int, edge: str) -> Numbers:
    """Return the coefficients of splines through the pixels of an axis, in float64."""
    import numpy as np

    if order < 2 or pixels.shape[axis] == 1:
        return pixels
    lines = np.moveaxis(pixels.astype(np.float64), axis, 0).copy()
    gain = 1.0
    for pole in POLES[order]:
        gain *= (1.0 - pole) * (1.0 - 1.0 / pole)
    lines *= gain
    for pole in POLES[order]:
        _filter(lines, pole, edge)
    return np.moveaxis(lines, 0, axis)


def _filter(c: Numbers, z: float, edge: str) -> None:
    """Go through the first axis once forwards and once backwards."""
    begin, end = _ends(edge)
    begin(c, z)
    for i in range(1, len(c)):
        c[i] += z * c[i - 1]
    end(c, z)
    for i in range(len(c) - 2, -1, -1):
        c[i] = z * (c[i + 1] - c[i])


def _ends(edge: str) -> tuple[Any, Any]:
    if edge == "grid-wrap":
        return _begin_wrap, _end_wrap
    if edge == "reflect":
        return _begin_reflect, _end_reflect
    return _begin_mirror, _end_mirror


def _begin_mirror(c: Numbers, z: float) -> None:
    n, z_i = len(c), z
    far = z ** (n - 1)
    first = c[0] + far * c[n - 1]
    for i in range(1, n - 1):
        first = first + z_i * (c[i] + far * c[n - 1 - i])
        z_i *= z
    c[0] = first / (1 - far * far)


def _end_mirror(c: Numbers, z: float) -> None:
    c[-1] = (z * c[-2] + c[-1]) * z / (z * z - 1)


def _begin_wrap(c: Numbers, z: float) -> None:
    n, z_i, first = len(c), z, c[0].copy()
    for i in range(1, n):
        first += z_i * c[n - i]
        z_i *= z
    c[0] = first / (1 - z_i)


def _end_wrap(c: Numbers, z: float) -> None:
    n, z_i, last = len(c), z, c[-1].copy()
    for i in range(n - 1):
        last += z_i * c[i]
        z_i *= z
    c[-1] = last * (z / (z_i - 1))


def _begin_reflect(c: Numbers, z: float) -> None:
    n, z_i = len(c), z
    far, own = z**n, c[0].copy()
    c[0] += far * c[n - 1]
    for i in range(1, n):  # the last of them reads what is summed so far, as SciPy does
        c[0] += z_i * (c[i] + far * c[n - 1 - i])
        z_i *= z
    c[0] *= z / (1 - far * far)
    c[0] += own


def _end_reflect(c: Numbers, z: float) -> None:
    c[-1] *= z / (z - 1)
