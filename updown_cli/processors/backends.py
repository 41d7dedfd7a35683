"""The two ways in which transformers computes: with Pillow and NumPy, or with torchvision.

They resize, round places in the middle, and scale values in different ways.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from updown_cli.op.base import Op
from updown_cli.op.schema import Given
from updown_cli.ops import OPS
from updown_cli.ops.crop.crop import Crop
from updown_cli.ops.normalize.normalize import Normalize
from updown_cli.processors.fields import LONGEST, Fields, Size

#: Pillow's numbers for its filters.
RESAMPLING = ("nearest", "lanczos", "bilinear", "bicubic", "box", "hamming")


#: What asks for 1 to be taken away from what is scaled.
OFFSETS = ("rescale_offset", "offset")
LESS_ONE = Normalize(mean=(1.0,), input_range="code")


class Backend(ABC):
    """One of the ways."""

    name: ClassVar[str]
    like: ClassVar[str]
    center: ClassVar[str]
    #: What it calls Pillow's filters otherwise.
    other_names: ClassVar[dict[str, str]] = {}

    def resize(self, size: Size, resample: Given) -> Op:
        """Return the resize by a filter, given by its number in Pillow."""
        return self.resize_by(size, self.mode_of(resample), resample)

    def mode_of(self, resample: Given) -> str:
        """Return the name of a filter, given by its number in Pillow."""
        number = resample.whole(0, len(RESAMPLING) - 1)
        return self.other_names.get(RESAMPLING[number], RESAMPLING[number])

    def resize_by(self, size: Size, mode: str, given: Given) -> Op:
        """Return the resize by a filter, given by its name."""
        family = OPS["upsample"]
        if family.wrong_mode(mode, self.like):
            raise given.error(f"is {mode}, which {self.like} has not for tensors")
        op: Op = family.of_mode(mode, self.like)(size=size)  # type: ignore[call-arg]
        return op

    def crop(self, size: Size) -> Op:
        """Return the crop in the middle."""
        return Crop(size=size, center=self.center)

    def scaled(self, fields: Fields) -> list[Op]:
        """Return the steps from code values to what the model sees."""
        scale = _scale(fields)
        if scale is not None and any(map(fields.flag, OFFSETS)):
            return [self.rescale(scale), LESS_ONE, *self.normalized(fields)]
        if not fields.flag("do_normalize"):
            return [] if scale is None else [self.rescale(scale)]
        mean, std = fields.numbers("image_mean"), fields.deviations("image_std")
        return [self.normalize(mean, std, scale)]

    def rescaled(self, fields: Fields) -> list[Op]:
        """Return the product with a number, if that is asked for."""
        scale = _scale(fields)
        return [] if scale is None else [self.rescale(scale)]

    def normalized(self, fields: Fields) -> list[Op]:
        """Return what is scaled less the mean, by the deviation, if that is asked for."""
        if not fields.flag("do_normalize"):
            return []
        mean, std = fields.numbers("image_mean"), fields.deviations("image_std")
        return [Normalize(mean=mean, std=std, input_range="code")]

    def again(self, fields: Fields) -> Op:
        """Return the division of what is scaled by the deviation."""
        return Normalize(std=fields.deviations("image_std"), input_range="code")

    @abstractmethod
    def rescale(self, scale: float) -> Op:
        """Return the product with a number."""

    @abstractmethod
    def normalize(self, mean: tuple[float, ...], std: tuple[float, ...], scale: float | None) -> Op:
        """Return the product with a number, if there is one, less the mean, by the deviation."""


class PillowBackend(Backend):
    """Pillow resizes bytes; NumPy scales them in float64 and goes on in float32."""

    name, like, center = "pillow", "pillow", "floor"

    def rescale(self, scale: float) -> Op:
        """Return the product in float64."""
        return Normalize(scale=scale)

    def normalize(self, mean: tuple[float, ...], std: tuple[float, ...], scale: float | None) -> Op:
        """Return one step after the other."""
        if scale is None:
            return Normalize(mean=mean, std=std, input_range="code")
        return Normalize(mean=mean, std=std, scale=scale)


class TorchvisionBackend(Backend):
    """torch resizes bytes; the scale is multiplied into mean and deviation."""

    name, like, center = "torchvision", "torchvision", "trunc"
    other_names: ClassVar[dict[str, str]] = {"nearest": "nearest-exact"}

    def rescale(self, scale: float) -> Op:
        """Return the product in float32."""
        return Normalize(std=(_single(scale),), inverse=True, input_range="code")

    def normalize(self, mean: tuple[float, ...], std: tuple[float, ...], scale: float | None) -> Op:
        """Return the fused step: (x - mean / scale) / (std / scale), rounded as torch rounds."""
        factor = 1.0 if scale is None else 1.0 / scale
        mean, std = (tuple(_product(one, factor) for one in each) for each in (mean, std))
        return Normalize(mean=mean, std=std, input_range="code")


def _scale(fields: Fields) -> float | None:
    return fields.number("rescale_factor", 1e-9, 1e9) if fields.flag("do_rescale") else None


def _single(number: float) -> float:
    """Return a number as float32 has it."""
    import numpy as np

    return float(np.float32(number))


def _product(number: float, factor: float) -> float:
    """Return a product as torch has it of a float32 and a Python number."""
    import numpy as np

    return float(np.float32(number) * np.float32(factor))


#: The ways by name.
BACKENDS: dict[str, Backend] = {"pillow": PillowBackend(), "torchvision": TorchvisionBackend()}

__all__ = ["BACKENDS", "LONGEST", "Backend"]
