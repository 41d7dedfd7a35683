"""The positions that a max pool found, and how frameworks number them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.errors import InputError, ShapeError
from updown_cli.op.artifact import Artifact
from updown_cli.op.shape import Shape, by_x

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]

#: torch: y*W+x in one plane. tf: (y*W+x)*C+c. tf-batch: ((n*H+y)*W+x)*C+c.
#: onnx: ((n*C+c)*H+y)*W+x. Three-dimensional data has z in front of y.
NUMBERINGS = ("torch", "tf", "tf-batch", "onnx")


#: Begins a name of positions that stay within a pipeline, where a file could stand.
NAME_SIGN = "@"


def is_index_name(text: str | None) -> bool:
    """Whether a text names positions within a pipeline, and no file."""
    return text is not None and text.startswith(NAME_SIGN)


@dataclass(frozen=True)
class PoolIndices(Artifact):
    """Where each value of a pooled image came from: what an unpool needs.

    `indices` has the shape of the pooled image, N x C x sides, and counts as torch does: flat
    inside one plane of `source`, the shape that was pooled; `numbering` is how a file counts. An
    unpool in the same pipeline asks for them by `name`. Those of a `file` name it.
    """

    indices: Indices
    source: Shape
    kernel_size: tuple[int, ...] | None = None
    stride: tuple[int, ...] | None = None
    padding: tuple[int, ...] | str | None = None
    numbering: str = "torch"
    file: str = ""

    def check_fits(self, pooled: tuple[int, ...]) -> None:
        """Raise unless the indices belong to an image of shape N x C x sides."""
        if self.indices.shape != pooled:
            raise misfit_error(pooled, self.indices.shape)

    def indices_in(self, size: tuple[int, ...]) -> Indices:
        """Return the indices for an image with these sides; raise if one points outside.

        A torch index keeps its number, and so means another place when the width differs; an
        ONNX index keeps its place.
        """
        import numpy as np

        source = self.source.size
        if self.numbering != "onnx" or size == source:
            self._check_within(size)
            return self.indices
        self._check_within(source)
        places = np.unravel_index(self.indices, source)
        beyond = [place >= side for place, side in zip(places, size, strict=True)]
        self._refuse(np.logical_or.reduce(beyond), size)
        return np.ravel_multi_index(places, size)

    def _check_within(self, size: tuple[int, ...]) -> None:
        """Raise for an index that is in no image with these sides."""
        if self.indices.size == 0:
            return
        most = math.prod(size)
        if self.indices.min() < 0 or self.indices.max() >= most:
            self._refuse((self.indices < 0) | (self.indices >= most), size)

    def _refuse(self, outside: NDArray[np.bool_], size: tuple[int, ...]) -> None:
        """Raise for the first index that is outside an image with these sides."""
        import numpy as np

        if outside.any():
            at = tuple(int(i) for i in np.argwhere(outside)[0])
            place = ",".join(map(str, at))
            subject = f"{self.file}: " if self.file else ""
            raise InputError(
                f"{subject}index {self.indices[at]} at ({place}) is outside {by_x(size)}",
                hint="give the size before pooling as --output-size",
                code="index_out_of_range",
            )


def misfit_error(values: tuple[int, ...], positions: tuple[int, ...]) -> ShapeError:
    """Return the refusal of positions that were not found in an image of this shape."""
    return ShapeError(
        f"{by_x(values)} values, but the indices are for {by_x(positions)}",
        hint="take the indices that were saved with this image",
    )


def renumber(
    indices: Indices, source: Shape, *, to: str = "torch", given: str = "torch"
) -> Indices:
    """Return indices (N x C x sides) of one numbering in another."""
    if to == given:
        return indices
    plane = _to_plane(indices, source, given)
    return _from_plane(plane, source, to)


def _offsets(indices: Indices) -> tuple[Indices, Indices]:
    import numpy as np

    images, channels = indices.shape[:2]
    tail = (1,) * (indices.ndim - 2)
    n = np.arange(images).reshape(images, 1, *tail)
    c = np.arange(channels).reshape(1, channels, *tail)
    return n, c


def _from_plane(plane: Indices, source: Shape, numbering: str) -> Indices:
    n, c = _offsets(plane)
    pixels = _pixels(source)
    if numbering == "onnx":
        return (n * source.channels + c) * pixels + plane
    if numbering == "tf":
        return plane * source.channels + c
    if numbering == "tf-batch":
        return (n * pixels + plane) * source.channels + c
    return plane


def _to_plane(indices: Indices, source: Shape, numbering: str) -> Indices:
    n, c = _offsets(indices)
    pixels = _pixels(source)
    if numbering == "onnx":
        return indices - (n * source.channels + c) * pixels
    if numbering == "tf-batch":
        indices = indices - n * pixels * source.channels
    elif numbering == "torch":
        return indices
    plane, channel = indices // source.channels, indices % source.channels
    if (channel != c).any():
        raise InputError(
            f"the indices are not numbered as {numbering} does",
            hint="choose another --index-format",
            code="index_out_of_range",
        )
    return plane


def _pixels(source: Shape) -> int:
    return math.prod(source.size)
