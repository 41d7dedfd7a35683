"""Whether a chain leads from the one to the other of each pair, before anything is computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from updown_cli.errors import InputError, ShapeError, UpdownError
from updown_cli.fit.pairs import Loading, Pair
from updown_cli.op.shape import Shape
from updown_cli.pipeline.pipeline import Pipeline

# Pixels that a side of a picture from which a small one is made may lose, so that sizes fit.
MOST_CUT = 64


def check_sizes(pipeline: Pipeline, loading: Loading, pairs: Sequence[Pair]) -> None:
    """Raise InputError, which names them, for pairs between which the chain does not lead.

    Pictures from which small ones are made are cut to sizes that fit, if they lose little.
    """
    made: dict[Shape, Shape] = {}
    for pair in pairs:
        small, large = loading.shapes(pair)
        if small not in made:
            with naming(pair):
                made[small] = pipeline.plan(small).shape
        if made[small] != large and not (pair.small is None and _cut(pipeline, loading, large)):
            raise InputError(
                f"the chain makes {made[small]} of {small}, not {large}",
                subject=pair.name,
                code="bad_shape",
            )


@contextmanager
def naming(pair: Pair) -> Iterator[None]:
    """Let what does not fit name a pair."""
    try:
        yield
    except ShapeError as error:
        reason = ": ".join(filter(None, (error.subject, error.reason)))
        raise ShapeError(reason, subject=pair.name, hint=error.hint) from None


def _cut(pipeline: Pipeline, loading: Loading, large: Shape) -> bool:
    """Note to which shape pictures of this one are cut; return whether there is one."""

    def back(tried: Shape) -> Shape | None:
        try:
            return pipeline.plan(loading.degraded(tried)).shape
        except UpdownError:
            return None

    size = [_side(axis, large, back) for axis in range(1, len(large))]
    sides = [side for side in size if side is not None]
    fits = len(sides) == len(size) and back(cut := Shape(large.channels, *sides)) == cut
    if fits:
        loading.cuts[large] = cut
    return fits


def _side(axis: int, large: Shape, back: Callable[[Shape], Shape | None]) -> int | None:
    """Return the longest side along an axis that comes back as it was."""
    for lost in range(min(MOST_CUT, large[axis])):
        tried = [*large]
        tried[axis] -= lost
        found = back(Shape(*tried))
        if found is not None and found[axis] == tried[axis]:
            return int(tried[axis])
    return None
