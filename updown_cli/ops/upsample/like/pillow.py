"""Pillow's Image.resize: `--like pillow`, where Pillow itself runs.

Of 8 and 16 bits it rounds between its two passes, first across, then down; I and F are not rounded
to bytes. Of LA and RGBA it weighs colours by alpha.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.code import Code, format_call
from updown_cli.op.param_types import Float, Floats
from updown_cli.op.parameter import Telling, param
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.area_exact import AreaExact
from updown_cli.ops.upsample.bicubic import Bicubic
from updown_cli.ops.upsample.bilinear import Bilinear
from updown_cli.ops.upsample.lanczos import Lanczos
from updown_cli.ops.upsample.like.side import UINT8, UINT16
from updown_cli.ops.upsample.like.whole_images import WholeImages
from updown_cli.ops.upsample.nearest_exact import NearestExact

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.op.code import Lines

# Pillow's modes of bytes that keep channels side by side: those that do not mix them, and those
# whose last is alpha.
SIDE_BY_SIDE = {3: "RGB", 4: "CMYK"}
WITH_ALPHA = {2: "LA", 4: "RGBA"}

# Numbers of a box: left, upper, right, lower.
BOX = 4


@dataclass(frozen=True, kw_only=True)
class Pillow(WholeImages, abstract=True):
    """Image.resize of Pillow, each channel for itself."""

    like = "pillow"
    integers = (UINT8, UINT16, "int32")
    weighs_by_alpha = True

    box: tuple[float, ...] | None = param(
        None,
        "Resize this part alone: left,upper,right,lower in pixels, also between them.",
        Floats(),
        telling=Telling.DETAIL,
    )
    reducing_gap: float | None = param(
        None,
        "Shrink by whole factors first, and leave so much for the filter, as thumbnails do with 2.",
        Float(min=1, max=1e6),
        telling=Telling.DETAIL,
    )

    def check(self) -> None:
        """Refuse what is no box."""
        super().check()
        if self.box is None:
            return
        subject = f"--box {','.join(map(_short, self.box))}"
        if len(self.box) != BOX:
            raise ParameterError("must be left,upper,right,lower", subject=subject)
        left, upper, right, lower = self.box
        if not (0 <= left < right and 0 <= upper < lower):
            raise ParameterError("has nothing in it", subject=subject, hint="left is before right")

    def out_channels(self, shape: Shape) -> int:
        """Return the channels; raise ShapeError for a box that reaches outside."""
        if self.box and (self.box[2] > shape.size[1] or self.box[3] > shape.size[0]):
            sides = f"{shape.size[1]} wide and {shape.size[0]} high"
            raise ShapeError(f"--box reaches outside of an image {sides}")
        return shape.channels

    def resize(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return what Pillow gives of each channel."""
        return self._resized(pixels, SIDE_BY_SIDE)

    def resize_with_alpha(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return what Pillow gives of LA or RGBA."""
        return self._resized(pixels, SIDE_BY_SIDE | WITH_ALPHA)

    def _resized(self, pixels: NDArray[Any], modes: dict[int, str]) -> NDArray[Any]:
        import numpy as np

        mode = modes.get(pixels.shape[1]) if pixels.dtype == np.uint8 else None
        if mode is not None:
            return np.stack([self._side_by_side(frame, mode) for frame in pixels])
        return np.stack([[self._plane(plane) for plane in frame] for frame in pixels])

    def _side_by_side(self, frame: NDArray[Any], mode: str) -> NDArray[Any]:
        import numpy as np
        from PIL import Image

        pixels = np.ascontiguousarray(np.moveaxis(frame, 0, -1))
        image = Image.frombuffer(mode, frame.shape[:0:-1], pixels, "raw", mode, 0, 1)
        return np.moveaxis(self._of_pillow(image), -1, 0)

    def _plane(self, plane: NDArray[Any]) -> NDArray[Any]:
        import numpy as np
        from PIL import Image

        dtype = np.dtype(np.float32) if plane.dtype.kind == "f" else plane.dtype
        image = Image.fromarray(np.ascontiguousarray(plane, dtype))
        return self._of_pillow(image).astype(plane.dtype, copy=False)

    def _of_pillow(self, image: Any) -> NDArray[Any]:
        import numpy as np
        from PIL import Image

        height, width = self.out_size(Shape(1, image.height, image.width))
        resample = Image.Resampling[self.mode.upper()]
        done = image.resize((width, height), resample, self.box, self.reducing_gap)
        return np.asarray(done)

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return Pillow's resize of every plane."""
        height, width = self.out_size(shape)
        filter_name = Code(f"Image.Resampling.{self.mode.upper()}")
        options = {"box": self.box, "reducing_gap": self.reducing_gap}
        size = f"({width}, {height})"
        call = format_call("image.resize", size, filter_name, **options)
        return [
            "from PIL import Image",
            "",
            "",
            "def resized(plane):",
            '    """Return what Pillow gives of H x W bytes or floats."""',
            "    image = Image.fromarray(plane)",
            *f"    done = {call}".split("\n"),
            "    return torch.from_numpy(np.array(done))",
            "",
            "",
            "planes = [resized(plane) for plane in x.flatten(0, 1).numpy()]",
            f"y = torch.stack(planes).reshape({frames}, {shape.channels}, {height}, {width})",
        ]


def _short(number: float) -> str:
    return f"{number:g}"


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
