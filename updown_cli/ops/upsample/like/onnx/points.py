"""Where the pixels of ONNX's Resize lie in the input, as ONNX Runtime computes it in float32."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from updown_cli.ops.upsample.like.kernels import Singles
    from updown_cli.ops.upsample.like.side import Side

#: The modes of coordinates, as they are typed.
HALF_PIXEL, CROP_AND_RESIZE = "half-pixel", "tf-crop-and-resize"
COORDINATES = (
    HALF_PIXEL,
    "half-pixel-symmetric",
    "pytorch-half-pixel",
    "align-corners",
    "asymmetric",
    "tf-half-pixel-for-nn",
    CROP_AND_RESIZE,
)

#: All of a side.
WHOLE = (0.0, 1.0)


@dataclass(frozen=True)
class Placed:
    """A way to place pixels; of a part of the side from `start` to `end`, if it is cut out."""

    coordinates: str
    start: float = 0.0
    end: float = 1.0

    def scale(self, side: Side) -> Any:
        """Return the output pixels per input pixel."""
        import numpy as np

        return np.float32(side.ratio[1]) / np.float32(side.ratio[0])

    def points(self, side: Side) -> Singles:
        """Return where output pixels lie; of a side that keeps its scale each at its own."""
        import numpy as np

        i, scale = np.arange(side.out, dtype=np.float32), self.scale(side)
        if scale == 1:
            return i
        return np.broadcast_to(self._points(side, i, scale), i.shape).astype(np.float32)

    def outside(self, side: Side) -> Any:
        """Return which output pixels lie beyond the first or last, where that counts."""
        at = self.points(side)
        return (self.coordinates == CROP_AND_RESIZE) & ((at < 0) | (at > side.length - 1))

    def _points(self, side: Side, i: Singles, scale: Any) -> Any:
        import numpy as np

        half, last, to = np.float32(0.5), np.float32(side.length - 1), np.float32(side.out - 1)
        if self.coordinates == "asymmetric":
            return i / scale
        if self.coordinates == "tf-half-pixel-for-nn":
            return (i + half) / scale
        if self.coordinates == "align-corners":
            return i * last / to if to else 0 * i
        if self.coordinates == CROP_AND_RESIZE:
            start, end = np.float32(self.start), np.float32(self.end)
            if not to:
                return 0.5 * np.float64(start + end) * np.float64(last)
            return start * last + i * (end - start) * last / to
        if self.coordinates == "half-pixel-symmetric":
            return self._symmetric(side, i, scale)
        if self.coordinates == "pytorch-half-pixel" and not to:
            return 0 * i
        return (i + half) / scale - half

    def _symmetric(self, side: Side, i: Singles, scale: Any) -> Any:
        """Return points whose middle is the input's, though a part of a pixel was cut off."""
        import numpy as np

        length, one = np.float32(side.length), np.float32(1)
        adjustment = np.float32(side.out) / (scale * length)
        offset = length / np.float32(2) * (one - adjustment)
        return np.float64(offset) + (i.astype(np.float64) + 0.5) / np.float64(scale) - 0.5
