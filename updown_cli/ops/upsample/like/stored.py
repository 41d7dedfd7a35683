"""What libraries are given: stored numbers as they are, or floats."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from updown_cli.op.integer_way import IntegerWay
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.ops.upsample.like.side import FLOAT32, UINT8, UINT16
from updown_cli.ops.upsample.upsample import Upsample

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.code import Lines


@dataclass(frozen=True, kw_only=True)
class Stored(Upsample, abstract=True):
    """A library's resize of images, which does with integers what it does not with floats."""

    ranks = (2,)

    #: The integers for which the library has an own way; others are floats.
    integers: ClassVar[tuple[str, ...]] = (UINT8, UINT16)

    @abstractmethod
    def resize(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return what the library gives of N x C x H x W, in the type of the pixels."""

    def resize_with_alpha(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return it where the last channel is alpha."""
        return self.resize(pixels)

    def on_x(self) -> Lines:
        """Tell that numbers are what they are."""
        if not self.integers:
            return []
        return [f"# {self.like} tells bytes, 16 bits and floats apart: x is as it is stored."]

    def kind(self, signal: Signal) -> str:
        """Return what its values are."""
        return kind_of(signal.white) if signal.has_code_values else FLOAT32

    def run(self, signal: Signal) -> Signal:
        """Resize values as what they are: stored numbers, or floats."""
        import numpy as np
        import torch

        kind, x = self.kind(signal), signal.pixels
        if kind not in self.integers:
            return super().run(signal)
        numbers = x.double().nan_to_num(0.0).round().clamp(0, signal.white).cpu().numpy()
        resize = self.resize_with_alpha if signal.alpha else self.resize
        done = resize(numbers.astype(kind))
        return signal.with_result(torch.from_numpy(done.astype(np.float64)).to(x))

    def apply(self, x: Tensor) -> Tensor:
        """Return floats, resized."""
        import torch

        wide = x if x.dtype in (torch.float32, torch.float64) else x.float()
        return torch.from_numpy(self.resize(wide.cpu().numpy())).to(x)

    def integer_way(self, shape: Shape, dtype: Any) -> IntegerWay | None:
        """Return the library's way with stored numbers as they are."""
        return IntegerWay(self.resize) if str(dtype) in self.integers else None


def kind_of(white: float) -> str:
    """Return the kind of stored numbers whose white is this."""
    return {255.0: UINT8, 65535.0: UINT16}.get(white, FLOAT32)
