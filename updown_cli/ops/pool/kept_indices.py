"""What the max pools share: the positions of their maxima, saved, printed or kept."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from updown_cli.op.code import format_call
from updown_cli.op.file_role import FileRole
from updown_cli.op.index_sharing import IndexKeeper
from updown_cli.op.param_types import Choice, Flag, Text
from updown_cli.op.parameter import param
from updown_cli.op.pool_indices import NUMBERINGS, PoolIndices, is_index_name
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.ops.pool.printed_indices import PrintedIndices, SavedIndices

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.artifact import Artifact
    from updown_cli.op.call import Term
    from updown_cli.op.code import Lines


@dataclass(frozen=True, kw_only=True)
class KeepsIndices(IndexKeeper, abstract=True):
    """A max pool that can save where its values came from."""

    told_as = "max"
    finds_indices = True
    why_whole = "its positions are kept"

    save_indices: str | None = param(
        None,
        "Save the positions of the maxima, with all that unpool needs; a folder or a template "
        "for several inputs. In a chain @NAME keeps them for an unpool.",
        Text("FILE.npz"),
        file=FileRole(
            what="file of positions", use="write", each_input=True, ending=".npz", or_kept=True
        ),
    )
    print_indices: bool = param(
        False,
        "Print the positions of the maxima, or put them into the JSON record.",
        Flag(),
        prints=True,
    )
    index_format: str = param(
        "torch", "How saved and printed positions are numbered.", Choice(NUMBERINGS)
    )

    @property
    def keeps(self) -> bool:
        """Whether anyone wants the positions."""
        return self.save_indices is not None or self.print_indices

    def keep_as(self, name: str) -> Self:
        """Keep the positions under this name."""
        return replace(self, save_indices=name)

    def selects_values(self) -> bool:
        """Integers stay integers."""
        return True

    def only_pixels(self) -> bool:
        """Whether nobody wants the positions."""
        return not self.keeps

    def apply(self, x: Tensor) -> Tensor:
        """Return the maxima."""
        return self.maxima(x, indices=False)[0]

    def run(self, signal: Signal) -> Signal:
        """Return the maxima, with their positions if anyone wants them."""
        if not self.keeps:
            return super().run(signal)
        pixels, indices = self.maxima(signal.pixels, indices=True)
        kept = self._pool_indices(signal.pixels, indices)
        return signal.with_result(pixels, kept, *self._asked_for(kept))

    def _asked_for(self, kept: PoolIndices) -> Iterator[Artifact]:
        """Yield what goes to a file, and to the report."""
        if self.save_indices is not None and not is_index_name(self.save_indices):
            yield SavedIndices(kept, self.index_format, asked_by="save_indices")
        if self.print_indices:
            yield PrintedIndices(kept, self.index_format, asked_by="print_indices")

    @abstractmethod
    def maxima(self, x: Tensor, *, indices: bool) -> tuple[Tensor, Tensor | None]:
        """Return the maxima and, if asked, their positions in one plane of x."""

    def kept_lines(self, call: Term, shape: Shape, frames: int) -> Lines:
        """Return the code of a call, and of the numbers of what is kept."""
        if not self.keeps:
            return [f"y = {call.code()}"]
        renumbered = renumber_lines(self.index_format, shape, frames)
        return [f"y, indices = {call.code()}", *renumbered]

    def _pool_indices(self, x: Tensor, indices: Tensor | None) -> PoolIndices:
        assert indices is not None
        name = self.save_indices or ""
        return PoolIndices(indices.cpu().numpy(), Shape(*x.shape[1:]), name=name)


def renumber_lines(numbering: str, shape: Shape, frames: int) -> Lines:
    """Return the change from torch's numbering of positions to another."""
    channel = format_call(f"torch.arange({shape.channels}).view", *["-1", *["1"] * shape.dims])
    image = format_call(f"torch.arange({frames}).view", *["-1", *["1"] * (shape.dims + 1)])
    pixels = math.prod(shape.size)
    return {
        "torch": [],
        "tf": [
            f"channel = {channel}",
            f"indices = indices * {shape.channels} + channel",
        ],
        "tf-batch": [
            f"image, channel = {image}, {channel}",
            f"indices = (image * {pixels} + indices) * {shape.channels} + channel",
        ],
        "onnx": [
            f"image, channel = {image}, {channel}",
            f"indices = (image * {shape.channels} + channel) * {pixels} + indices",
        ],
    }[numbering]
