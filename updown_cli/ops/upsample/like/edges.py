"""The names of what lies beyond an edge: of SciPy's ndimage, and of numpy.pad in scikit-image."""

from __future__ import annotations

from updown_cli.errors import ParameterError
from updown_cli.op.meant import one_of

#: SciPy's names, then those that only scikit-image has.
EDGE_NAMES = (
    *("constant", "grid-constant", "nearest", "mirror", "reflect", "grid-mirror", "wrap"),
    *("grid-wrap", "symmetric", "edge"),
)


def check_edge(name: str, names: tuple[str, ...]) -> None:
    """Refuse the name of another library's edge."""
    if name not in names:
        raise ParameterError(one_of(name, names), subject=f"--edge {name}")
