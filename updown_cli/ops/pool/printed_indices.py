"""The positions of maxima for whoever asked for them: in a file, or in the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from updown_cli.op.artifact import Artifact, ArtifactReport
from updown_cli.op.pool_indices import renumber
from updown_cli.op.shape import by_x

if TYPE_CHECKING:
    from updown_cli.op.pool_indices import PoolIndices

# Positions that are shown one by one; of more, those at the ends of every axis.
MOST_SHOWN = 1000

# Positions that a JSON record holds: more would make it longer than most readers take.
MOST_IN_JSON = 1 << 16


@dataclass(frozen=True)
class SavedIndices(Artifact):
    """Positions that go to a file, counted as `numbering` does."""

    pool_indices: PoolIndices
    numbering: str

    def content(self) -> bytes:
        """Return the `.npz` file of these positions."""
        from updown_cli.tensors.pool_index_files import pool_index_bytes

        return pool_index_bytes(self.pool_indices, self.numbering)


@dataclass(frozen=True)
class PrintedIndices(Artifact):
    """Positions that go to the report, counted as `numbering` does."""

    pool_indices: PoolIndices
    numbering: str

    def report(self) -> IndexReport:
        """Return the positions as text and numbers."""
        return IndexReport.of(self.pool_indices, self.numbering)


@dataclass(frozen=True)
class IndexReport(ArtifactReport):
    """Positions as text, and one by one (N x C x sides) unless there are too many."""

    key = "indices"

    numbering: str
    shape: tuple[int, ...]
    shown: str
    values: list[Any] | None

    @classmethod
    def of(cls, pool_indices: PoolIndices, numbering: str) -> Self:
        """Return the positions counted as `numbering` does."""
        import numpy as np

        indices = renumber(pool_indices.indices, pool_indices.source, to=numbering)
        plane = indices[0] if len(indices) == 1 else indices
        shown = np.array2string(plane, threshold=MOST_SHOWN, max_line_width=10_000)
        values = indices.tolist() if indices.size <= MOST_IN_JSON else None
        return cls(numbering, indices.shape, shown, values)

    def text(self, source: str) -> str:
        """Return what is printed for an image."""
        head = f"positions in {source}, {by_x(self.shape)}, numbered as {self.numbering} does"
        note = "\n(not all are shown; --save-indices saves them)" if "..." in self.shown else ""
        return f"{head}\n{self.shown}{note}\n"

    def to_json(self) -> dict[str, Any]:
        """Return the positions as JSON; `values` is null where there are more than 65536."""
        return {"numbering": self.numbering, "shape": list(self.shape), "values": self.values}
