"""torchvision's resize of tensors: `--like torchvision`, with torch's own code for bytes.

transforms.v2 lets torch interpolate bytes, which rounds between the two passes; where torch has no
fast way with bytes, and of deeper numbers, it computes with floats and rounds. Its resize of PIL
images is Pillow's: `--like pillow`.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ParameterError
from updown_cli.op.code import format_call
from updown_cli.op.param_types import Flag
from updown_cli.op.parameter import Telling, param
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.antialias import column_warnings
from updown_cli.ops.upsample.bicubic import Bicubic
from updown_cli.ops.upsample.bilinear import Bilinear
from updown_cli.ops.upsample.lanczos import Lanczos
from updown_cli.ops.upsample.like.torchvision_blurred import TorchvisionBlurredBilinear
from updown_cli.ops.upsample.like.whole_images import WholeImages
from updown_cli.ops.upsample.nearest import Nearest
from updown_cli.ops.upsample.nearest_exact import NearestExact

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.op.code import Lines

# Where torch's bilinear interpolation of bytes is the faster one.
WITH_BYTES, ARM = ("AVX2", "AVX512"), ("aarch64", "arm64")


class Torchvision(WholeImages, abstract=True):
    """Resize of torchvision.transforms.v2, of tensors on the processor."""

    like = "torchvision"

    def options(self) -> dict[str, Any]:
        """Return what torch's interpolate takes beside the size."""
        return {"mode": self.mode}

    def takes_bytes(self) -> bool:
        """Whether torchvision lets torch interpolate bytes."""
        return True

    def lies_by_pixels(self, width: int) -> bool:
        """Whether the channels of a pixel lie side by side for torch, where a result is so wide."""
        return True

    def resize(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return what torch gives of bytes, or of floats; integers are rounded half to even."""
        import numpy as np
        import torch
        from torch.nn import functional

        size = list(self.out_size(Shape(*pixels.shape[1:])))
        if size == [*pixels.shape[2:]]:
            return pixels
        as_bytes = pixels.dtype == np.uint8 and self.takes_bytes()
        wide = None if as_bytes or pixels.dtype.kind == "f" else np.float32
        x = torch.from_numpy(np.array(pixels, wide, order="C"))
        # as pictures of files lie in memory, which decides how torch adds up and where it fails
        if self.lies_by_pixels(size[1]):
            x = x.contiguous(memory_format=torch.channels_last)
        y = functional.interpolate(x, size=size, **self.options())
        result: NDArray[Any] = y.numpy()
        if result.dtype == pixels.dtype:
            return result
        whole: NDArray[Any] = np.clip(np.rint(result), 0, np.iinfo(pixels.dtype).max)
        return whole.astype(pixels.dtype)

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return torch's interpolation of bytes or floats."""
        size = self.out_size(shape)
        if size == shape.size:
            return ["y = x"]
        x = "x" if self.takes_bytes() else "x.float()"
        if size[1] == 1 and self.lies_by_pixels(1):  # where it is not the same
            x += ".contiguous(memory_format=torch.channels_last)"
        call = format_call("F.interpolate", x, size=size, **self.options())
        if self.takes_bytes():
            return [f"y = {call}"]
        return [
            f"y = {call}",
            "y = y if x.is_floating_point() else y.clamp(0, 255).round().to(x)",
        ]


class TorchvisionNearest(Torchvision):
    """The pixel at floor(i * in / out)."""

    mode = "nearest"
    on_floats = Nearest
    widens, picks = False, True


class TorchvisionNearestExact(Torchvision):
    """The pixel in which a point lies."""

    mode = "nearest-exact"
    on_floats = NearestExact
    widens, picks = False, True


@dataclass(frozen=True, kw_only=True)
class Smooth(Torchvision, abstract=True):
    """A filter that widens when it shrinks, unless that is refused."""

    antialias: bool = param(
        True,
        "Widen the filter when it shrinks, as torchvision does by default.",
        Flag(),
        telling=Telling.DETAIL,
    )

    in_bytes: bool = param(
        True,
        "Interpolate bytes, as transforms.v2 does; else floats, which are rounded, as transforms "
        "do with tensors.",
        Flag(),
        telling=Telling.DETAIL,
    )

    @property
    def widens(self) -> bool:  # type: ignore[override]
        """Whether it widens."""
        return self.antialias

    def warnings(self, shape: Shape) -> list[str]:
        """Tell of turned sides, and of columns that torch fails at with floats."""
        fails = self.antialias and (shape.channels == 1 or not self.in_bytes)
        told = column_warnings(self, shape) if fails else []
        which = "beyond 8 bits " if self.takes_bytes() else ""
        return super().warnings(shape) + [which + text for text in told]

    def lies_by_pixels(self, width: int) -> bool:
        """Whether it does: transforms forgets it, which shows in results one pixel wide alone."""
        return self.in_bytes or width != 1

    def options(self) -> dict[str, Any]:
        """Return what torch's interpolate takes beside the size."""
        return {"mode": self.mode, "align_corners": False, "antialias": self.antialias}

    def takes_bytes(self) -> bool:
        """Whether that is asked for."""
        return self.in_bytes


class TorchvisionBilinear(Smooth):
    """A triangle."""

    mode = "bilinear"
    on_floats = Bilinear

    def takes_bytes(self) -> bool:
        """Whether the processor has the fast way."""
        import torch

        fast = torch.backends.cpu.get_cpu_capability() in WITH_BYTES or platform.machine() in ARM
        return self.in_bytes and fast


class TorchvisionBicubic(Smooth):
    """Keys' cubic, with a = -0.5 where it widens and -0.75 where it does not."""

    mode = "bicubic"
    on_floats = Bicubic


class TorchvisionLanczos(Smooth):
    """A sinc of three lobes."""

    mode = "lanczos"
    on_floats = Lanczos

    def check(self) -> None:
        """Refuse what torch has not."""
        super().check()
        if not self.antialias:
            raise ParameterError("torch has no lanczos without it", subject="--no-antialias")


MODES = (
    TorchvisionBilinear,
    TorchvisionBicubic,
    TorchvisionLanczos,
    TorchvisionNearest,
    TorchvisionNearestExact,
    TorchvisionBlurredBilinear,
)
