"""What pools and unpools share: where maxima came from, kept by the one and taken by the other."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, Self

from updown_cli.op.base import Op

if TYPE_CHECKING:
    from updown_cli.op.input_span import InputSpan
    from updown_cli.op.pool_indices import PoolIndices
    from updown_cli.op.shape import Shape


class IndexKeeper(Op, abstract=True):
    """A pool that can keep where its values came from, under the name in `save_indices`."""

    save_indices: str | None

    @property
    @abstractmethod
    def keeps(self) -> bool:
        """Whether anyone wants the positions."""

    @abstractmethod
    def keep_as(self, name: str) -> Self:
        """Return this pool keeping its positions under a name."""

    def undone_spans(self, source: Shape, pooled: Shape) -> list[InputSpan] | None:
        """Return for each axis in which windows a pixel of the source is; None where in any."""
        return None


class IndexTaker(Op, abstract=True):
    """An operation that puts values where positions say.

    `told_by` names those that a pool before it keeps, or a file: of positions, or of the picture
    in which a pool finds them.
    """

    #: Whether a pool before it can keep the positions.
    undoes_pools: ClassVar[bool] = False

    def with_name(self, name: str) -> Self:
        """Return this operation with positions of another name."""
        raise NotImplementedError

    def undoing(self, source: Shape, pooled: Shape, shape: Shape) -> Self:
        """Return this operation on an image of a shape, after a pool of source to pooled.

        Raises ShapeError for positions of another shape.
        """
        raise NotImplementedError

    def source_pool(self) -> Op | None:
        """Return the pool that finds the positions in a picture; None where a file has them."""
        return None

    def with_source(self, source: Shape, values: Shape) -> Self:
        """Return this operation told the shape of that picture; raise ShapeError for another."""
        raise NotImplementedError

    def read_indices(
        self, path: str, shape: Shape, layout: str | None, dims: int | None
    ) -> PoolIndices:
        """Return the positions that a file has for values of a shape."""
        raise NotImplementedError
