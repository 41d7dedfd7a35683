"""Pillow's resize of 8-bit channels: `--like pillow`, where Pillow itself runs.

It weighs with whole numbers and rounds between its two passes, first across, then down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.area_exact import AreaExact
from updown_cli.ops.upsample.bicubic import Bicubic
from updown_cli.ops.upsample.bilinear import Bilinear
from updown_cli.ops.upsample.lanczos import Lanczos
from updown_cli.ops.upsample.like.byte_resize import STORED, ByteResize
from updown_cli.ops.upsample.nearest_exact import NearestExact

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.op.code import Lines

# Pillow's modes that keep channels side by side and do not mix them; RGBA it would weigh by alpha.
SIDE_BY_SIDE = {3: "RGB", 4: "CMYK"}


class Pillow(ByteResize, abstract=True):
    """Image.resize of Pillow, each channel for itself."""

    like = "pillow"

    def resize(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return what Pillow gives."""
        import numpy as np

        height, width = self.out_size(Shape(*pixels.shape[1:]))
        return np.stack([self._resized(frame, (width, height)) for frame in pixels])

    def _resized(self, frame: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
        import numpy as np
        from PIL import Image

        resample = Image.Resampling[self.mode.upper()]
        mode = SIDE_BY_SIDE.get(len(frame))
        if mode is None:
            planes = [Image.fromarray(np.ascontiguousarray(plane)) for plane in frame]
            return np.stack([np.asarray(plane.resize(size, resample)) for plane in planes])
        pixels = np.ascontiguousarray(np.moveaxis(frame, 0, -1))
        image = Image.frombuffer(mode, frame.shape[:0:-1], pixels, "raw", mode, 0, 1)
        return np.moveaxis(np.asarray(image.resize(size, resample)), -1, 0)

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return Pillow's resize of every plane."""
        height, width = self.out_size(shape)
        return [
            "from PIL import Image",
            "",
            "",
            "def resized(plane):",
            '    """Return what Pillow gives of H x W bytes."""',
            f"    size, filter = ({width}, {height}), Image.Resampling.{self.mode.upper()}",
            "    done = Image.fromarray(plane.numpy()).resize(size, filter)",
            "    stored = torch.frombuffer(bytearray(done.tobytes()), dtype=torch.uint8)",
            "    return stored.reshape(size[::-1])",
            "",
            "",
            STORED,
            "planes = [resized(plane) for plane in stored.flatten(0, 1)]",
            f"y = torch.stack(planes).reshape({frames}, {shape.channels}, {height}, {width}).to(x)",
        ]


class PillowNearest(Pillow):
    """The pixel in which a point lies."""

    mode = "nearest"
    on_floats = NearestExact
    widens, picks = False, True


class PillowBox(Pillow):
    """The mean of the pixels whose centres a pixel of the result covers."""

    mode = "box"
    on_floats = AreaExact
    widens = False


class PillowBilinear(Pillow):
    """A triangle, which widens when it shrinks."""

    mode = "bilinear"
    on_floats = Bilinear


class PillowHamming(Pillow):
    """A Hamming window, sharper than bilinear, which widens when it shrinks."""

    mode = "hamming"
    on_floats = Bilinear


class PillowBicubic(Pillow):
    """Keys' cubic with a = -0.5, which widens when it shrinks."""

    mode = "bicubic"
    on_floats = Bicubic


class PillowLanczos(Pillow):
    """A sinc of three lobes, which widens when it shrinks."""

    mode = "lanczos"
    on_floats = Lanczos


MODES = (PillowBilinear, PillowBicubic, PillowLanczos, PillowNearest, PillowBox, PillowHamming)
