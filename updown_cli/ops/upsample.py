"""Interpolation: new pixels between the old ones, or fewer of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.ops.base import param
from updown_cli.ops.family import Family
from updown_cli.ops.kinds import Flag
from updown_cli.ops.sampling import Recomputed, Upsample
from updown_cli.ops.shape import Shape

if TYPE_CHECKING:
    from torch import Tensor

# The filter of each rank that `linear` stands for.
LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}


class Picked(Recomputed):
    """One input pixel for every output pixel."""

    linear = False

    def selects_values(self) -> bool:
        """Integers stay integers."""
        return True


class Nearest(Picked):
    """The pixel at floor(i * in / out), as OpenCV and TensorFlow 1 have it."""

    mode = "nearest"


class NearestExact(Picked):
    """The pixel at floor((i + 0.5) * in / out), as Pillow and TensorFlow 2 have it."""

    mode = "nearest-exact"


class Area(Upsample):
    """The mean of bins of whole pixels: adaptive average pooling."""

    mode = "area"


@dataclass(frozen=True, kw_only=True)
class Aligned(Recomputed):
    """Interpolation between pixel centres, or between the corners' centres."""

    align_corners: bool = param(
        False,
        "The first and last pixels keep their places; the scale comes from sizes - 1.",
        Flag(),
    )

    def _filter(self, x: Tensor) -> dict[str, Any]:
        return {**super()._filter(x), "align_corners": self.align_corners}


@dataclass(frozen=True, kw_only=True)
class Smoothed(Aligned):
    """Interpolation that can widen its filter when it shrinks."""

    antialias: bool = param(
        False, "Widen the filter when shrinking, as Pillow does; 2-D only.", Flag()
    )

    def _filter(self, x: Tensor) -> dict[str, Any]:
        return {**super()._filter(x), "antialias": self.antialias}

    def warnings(self, shape: Shape) -> list[str]:
        """Tell of aliasing."""
        if self.antialias or shape.dims != 2 or not self.shrinks(shape):
            return []
        return ["shrinking without --antialias reads only some of the pixels, as torch does"]


class Linear(Smoothed):
    """Linear, bilinear or trilinear, whichever fits the data's rank."""

    mode = "linear"

    def for_shape(self, shape: Shape) -> Self:
        """Refuse antialias where torch has none."""
        if self.antialias and shape.dims != 2:
            raise ShapeError(f"--antialias is for 2-D data, not {shape.dims}-D")
        return super().for_shape(shape)

    def _filter(self, x: Tensor) -> dict[str, Any]:
        return {**super()._filter(x), "mode": LINEAR[x.dim() - 2]}


class Bilinear(Smoothed):
    """A straight line between two pixels on each axis."""

    mode = "bilinear"
    ranks = (2,)


class Bicubic(Smoothed):
    """A cubic through four pixels on each axis: A = -0.75, with antialias -0.5."""

    mode = "bicubic"
    ranks = (2,)


class Trilinear(Aligned):
    """A straight line between two voxels on each axis."""

    mode = "trilinear"
    ranks = (3,)


@dataclass(frozen=True, kw_only=True)
class Lanczos(Recomputed):
    """A windowed sinc over six pixels on each axis, always antialiased; CPU only."""

    mode = "lanczos"
    ranks = (2,)

    antialias: bool = param(
        True, "Widen the filter when shrinking, as Pillow does; 2-D only.", Flag()
    )

    def check(self) -> None:
        """Refuse what torch has not."""
        super().check()
        if not self.antialias:
            raise ParameterError("torch has no lanczos without it", subject="--no-antialias")

    def apply(self, x: Tensor) -> Tensor:
        """Return the interpolated pixels, if this torch can."""
        try:
            return super().apply(x)
        except (NotImplementedError, ValueError):
            raise ParameterError(
                "this torch cannot do it",
                subject="--mode lanczos",
                hint="torch 2.13 can, on the CPU",
            ) from None

    def _filter(self, x: Tensor) -> dict[str, Any]:
        return {**super()._filter(x), "antialias": True}


UPSAMPLE = Family(
    name="upsample",
    help="Interpolate, up or down.",
    modes=(
        Nearest,
        NearestExact,
        Linear,
        Bilinear,
        Bicubic,
        Trilinear,
        Area,
        Lanczos,
    ),
    examples=(
        "updown upsample --mode bicubic --scale-factor 2 photo.jpg -o large.jpg",
        "updown upsample --mode bilinear --antialias --size 256x_ photo.jpg -o small.png",
        "updown upsample --mode linear --dims 1 --scale-factor 3 signal.npy -o finer.npy",
    ),
)
