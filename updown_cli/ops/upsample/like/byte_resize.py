"""Resizes of other libraries that take values of 8 bits and give them."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from updown_cli.errors import InputError
from updown_cli.op.explainable import FROM
from updown_cli.op.input_span import InputSpan, whole_span
from updown_cli.op.integer_way import IntegerWay
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.ops.upsample.upsample import Upsample

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.base import Op

WHITE = 255.0

#: The line of code that makes bytes of values.
STORED = "stored = x.round().clamp(0, 255).to(torch.uint8)"


@dataclass(frozen=True, kw_only=True)
class ByteResize(Upsample, abstract=True):
    """A library's own resize of 8-bit images, which rounds; it runs on whole images."""

    ranks = (2,)
    linear = False
    rounds = True
    told_as = FROM
    why_whole = "a library resizes whole images"

    #: The operation on floats that reads the same pixels.
    on_floats: ClassVar[type[Upsample]]
    widens: ClassVar[bool] = True

    #: Whether every value is one of the input's.
    picks: ClassVar[bool] = False

    @abstractmethod
    def resize(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return what the library gives of bytes, N x C x H x W."""

    def selects_values(self) -> bool:
        """Whether it picks pixels."""
        return self.picks

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return all pixels: a library resizes whole images."""
        return [whole_span(side) for side in shape.size]

    def for_tracing(self) -> Op:
        """Return the interpolation of floats that reads the same pixels."""
        options: dict[str, Any] = {"antialias": True} if self.widens else {}
        options |= {"size": self.size, "scale_factor": self.scale_factor}
        return self.on_floats(**options)

    def run(self, signal: Signal) -> Signal:
        """Resize bytes; raise InputError for values of more bits."""
        if signal.white > WHITE:
            raise InputError(f"--like {self.like} is for values of 8 bits")
        return super().run(signal)

    def apply(self, x: Tensor) -> Tensor:
        """Return what the library gives of the values as bytes."""
        import torch

        stored = x.nan_to_num(0.0).round().clamp(0, WHITE).to(torch.uint8).cpu().numpy()
        return torch.from_numpy(self.resize(stored)).to(x)

    def integer_way(self, shape: Shape, dtype: Any) -> IntegerWay | None:
        """Return the library's way with bytes as they are."""
        return IntegerWay(self.resize) if dtype == "uint8" else None
