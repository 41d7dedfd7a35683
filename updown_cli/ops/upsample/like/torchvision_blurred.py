"""A blur where sides shrink, then torchvision's bilinear resize that does not widen: OWLv2's.

Of floats alone. It is scikit-image's resize, made of torchvision's gaussian_blur and resize.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from updown_cli.op.code import Lines, format_call, literal
from updown_cli.op.input_span import InputSpan, whole_span
from updown_cli.op.resampling import Table
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.bilinear import Bilinear
from updown_cli.ops.upsample.like.splines import edge_places
from updown_cli.ops.upsample.like.tabled import Tabled

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.ops.upsample.like.arithmetic import Arithmetic
    from updown_cli.ops.upsample.like.side import Side, Sides

# Standard deviations that the kernel reaches on either side.
REACH = 3

#: Standard deviations down and across; none where a side does not shrink.
Sigmas = tuple[float, float] | None


@dataclass(frozen=True, kw_only=True)
class TorchvisionBlurredBilinear(Tabled):
    """A blur by half of what both sides shrink beyond 1, then a line between two pixels.

    A picture is not blurred unless both sides shrink, as OWLv2's image processor has it.
    """

    like, mode = "torchvision", "blurred-bilinear"
    why_whole = "it is blurred and resized as a whole"
    integers: ClassVar[tuple[str, ...]] = ()

    def table(self, side: Side) -> Table:
        """Return the weights of the two pixels around each point."""
        op = Bilinear(size=(side.out, side.out)).for_shape(Shape(1, side.length, side.length))
        tables = op.tables(Shape(1, side.length, side.length))
        assert tables is not None
        return tables[0]

    def traced_tables(self, sides: Sides) -> tuple[Table, Table]:
        """Return the weights of pixels, blur and all."""
        sigmas = _sigmas(sides)
        if sigmas is None:
            return self.side_tables(sides)
        blurs = zip((sides.down, sides.across), sigmas, strict=True)
        down, across = (self._blurred_table(side, sigma) for side, sigma in blurs)
        return down, across

    def _blurred_table(self, side: Side, sigma: float) -> Table:
        import numpy as np

        kernel, line = _kernel(sigma).double().numpy(), self.table(side)
        radius = len(kernel) // 2
        places = np.arange(side.length) + np.arange(-radius, radius + 1)[:, None]
        sources, _ = edge_places(places, side.length, "mirror")
        matrix = np.zeros((side.length, side.length))
        for source, weight in zip(sources, kernel, strict=True):
            np.add.at(matrix, (np.arange(side.length), source), weight)
        weights = np.einsum("ko,kop->op", line.weights, matrix[line.sources])
        return Table(np.repeat(np.arange(side.length)[:, None], side.out, 1), weights.T.copy())

    def arithmetic(self, sides: Sides) -> Arithmetic:
        """Return the blur and the resize, with torch."""
        return _BlurAndResize(_sigmas(sides), (sides.down.out, sides.across.out))

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return everything: torch resizes the whole picture."""
        return [whole_span(side, 4) for side in shape.size]

    def for_rows(self, read: tuple[int, int], wanted: tuple[int, int], shape: Shape) -> None:
        """Return nothing: torch makes all rows or none."""

    def library_code(self, shape: Shape) -> Lines:
        """Return the calls of torchvision."""
        sigmas, size = _sigmas(self.sides(shape, "float32")), self.out_size(shape)
        lines = ["done = torch.from_numpy(plane)[None, None]"]
        if sigmas is not None:
            sides, numbers = ([*map(one, sigmas)] for one in (_side, float))
            call = format_call("functional.gaussian_blur", "done", literal(sides), literal(numbers))
            lines += ["from torchvision.transforms.v2 import functional", f"done = {call}"]
        options = {"mode": "bilinear", "align_corners": False}
        lines.append(f"done = {format_call('F.interpolate', 'done', size=size, **options)}")
        return [*lines, "done = done[0, 0].numpy()"]


@dataclass(frozen=True)
class _BlurAndResize:
    """The blur of a standard deviation for each side, if there is one, then the resize."""

    sigmas: Sigmas
    size: tuple[int, int]

    def resize(self, pixels: NDArray[Any], down: Table, across: Table) -> NDArray[Any]:
        """Return floats of the size."""
        import torch
        from torch.nn import functional

        x = torch.from_numpy(pixels)
        if self.sigmas is not None:
            x = _blurred(x, self.sigmas)
        y = functional.interpolate(x, size=self.size, mode="bilinear", align_corners=False)
        result: NDArray[Any] = y.numpy()
        return result


def _blurred(x: Tensor, sigmas: tuple[float, float]) -> Tensor:
    """Return pixels blurred as torchvision's gaussian_blur does it.

    It takes the numbers of the width first, and OWLv2 gives it those of the height.
    """
    from torch.nn import functional

    across, down = (_kernel(sigma).to(x) for sigma in sigmas)
    kernel = (down.unsqueeze(-1) * across).expand(x.shape[1], 1, len(down), len(across))
    columns, rows = len(across) // 2, len(down) // 2
    around = functional.pad(x, [columns, columns, rows, rows], mode="reflect")
    return functional.conv2d(around, kernel, groups=x.shape[1])


def _sigmas(sides: Sides) -> Sigmas:
    """Return half of what both sides shrink beyond 1, in single precision."""
    import numpy as np

    both = (sides.down, sides.across)
    factors = [np.float32(side.length) / np.float32(side.out) for side in both]
    down, across = (max(float((factor - 1) / 2), 0.0) for factor in factors)
    return (down, across) if down > 0 and across > 0 else None


def _side(sigma: float) -> int:
    """Return the side of a kernel."""
    import numpy as np

    return 2 * int(np.ceil(np.float32(REACH) * np.float32(sigma))) + 1


def _kernel(sigma: float) -> Tensor:
    """Return the weights of a side, as torchvision makes them."""
    import math

    import torch

    side = _side(sigma)
    limit = (side - 1) / (2.0 * math.sqrt(2.0))
    return torch.softmax(torch.linspace(-limit, limit, side).div(sigma).pow(2).neg(), 0)
