"""From pairs and steps to weights: checks, the way that is exact if there is one, scores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from updown_cli.errors import UsageError
from updown_cli.fit.adam import Stepping
from updown_cli.fit.choices import METHODS
from updown_cli.fit.crops import find_cropping
from updown_cli.fit.descending import descend
from updown_cli.fit.exact import Exact, WindowFit, has_windows
from updown_cli.fit.learned_chain import LearnedChain, Unknown
from updown_cli.fit.pairs import Loading, Pair
from updown_cli.fit.probed import MOST_UNKNOWNS, ProbedFit, is_affine
from updown_cli.fit.report import Fitted
from updown_cli.fit.scores import scores_of, spread_out
from updown_cli.fit.sizes import check_sizes, naming
from updown_cli.op.shape import Shape
from updown_cli.tensors.held import holding

if TYPE_CHECKING:
    from updown_cli.op.base import Op

# Of so many pairs one is held out, if there are at least as many as are needed to spare it.
ONE_OF, SPARED_FROM = 10, 3

# Pixels on a side of what tells how far edges reach.
SEEN = 48

# Threads that sums are shared among: as many on every machine, so that they round alike.
THREADS = 1

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class Fitting:
    """How weights are learned."""

    steps: Sequence[Op | Unknown]
    text: str
    path: str
    loading: Loading
    pairs: Sequence[Pair]
    method: str = METHODS[0]
    ridge: float = 0.0
    seed: int = 0
    held_out: int | None = None
    drop_saturated: bool = True
    drop_edges: bool = True
    device: str = "cpu"
    start: str | None = None
    stepping: Stepping = field(default_factory=Stepping)
    tell: Tell = field(default=lambda what, done, total: None)
    on_stop: Callable[[Fitted], None] = field(default=lambda fitted: None)

    def split(self) -> tuple[list[Pair], list[Pair]]:
        """Return the pairs to learn from, and those that are held out, evenly apart."""
        count = self.held_out
        if count is None:
            spare = len(self.pairs) >= SPARED_FROM
            count = max(len(self.pairs) // ONE_OF, 1) if spare else 0
        if count >= len(self.pairs):
            raise UsageError(
                f"leaves none of {len(self.pairs)} pairs to learn from",
                subject=f"--held-out {count}",
            )
        apart = {number * len(self.pairs) // count for number in range(count)} if count else set()
        kept = [pair for number, pair in enumerate(self.pairs) if number not in apart]
        return kept, [pair for number, pair in enumerate(self.pairs) if number in apart]

    def settings(self) -> dict[str, Any]:
        """Return what decides the result, beside steps and pairs."""
        return {
            "ridge": self.ridge,
            "seed": self.seed,
            "drop_saturated": self.drop_saturated,
            "drop_edges": self.drop_edges,
            **vars(self.stepping),
        }


def fit(fitting: Fitting) -> Fitted:
    """Return what was learned; raise UsageError or InputError where nothing can be."""
    import torch

    taught, held_out = fitting.split()
    shape, _ = fitting.loading.shapes(taught[0])
    with naming(taught[0]):
        chain = LearnedChain.of(fitting.steps, fitting.path, shape, fitting.seed)
    threads = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    try:
        with holding(chain.file):
            check_sizes(chain.pipeline, fitting.loading, fitting.pairs)
            fitted = _learned(fitting, chain, taught, held_out, shape)
            fitted.arrays, fitted.ops = dict(chain.file.arrays), chain.pipeline.ops
            fitted.margin = _margin(chain, shape) if fitting.drop_edges else 0
            fitted.taught, fitted.held_out = (
                scores_of(chain.pipeline, fitting.loading, spread_out(pairs), fitted.margin)
                for pairs in (taught, held_out)
            )
    finally:
        torch.set_num_threads(threads)
    return fitted


def _margin(chain: LearnedChain, shape: Shape) -> int:
    """Return how many results from the edges on depend on what is around a picture."""
    if shape.dims != 2:
        return 0
    found = find_cropping(chain.pipeline, shape.channels, min(shape.size), SEEN)
    return 0 if found is None else found.margin


def _learned(
    fitting: Fitting, chain: LearnedChain, taught: list[Pair], held_out: list[Pair], shape: Shape
) -> Fitted:
    fitted = Fitted(
        steps=fitting.text,
        method="exact",
        unknowns=chain.unknowns,
        arrays={},
        settings=fitting.settings(),
        counts=(len(taught), len(held_out)),
    )
    solver = None if fitting.method == "adam" else _solver(fitting, chain, taught[0], shape)
    if solver is not None:
        fitted.exact = _solved(fitting, solver, taught)
    elif fitting.method == "exact":
        raise UsageError("not linear in the unknowns", subject="--method exact")
    else:
        descend(fitting, chain, taught, held_out, fitted)
    return fitted


def _solver(
    fitting: Fitting, chain: LearnedChain, first: Pair, shape: Shape
) -> WindowFit | ProbedFit | None:
    """Return what solves exactly; None where nothing does."""
    import torch

    if has_windows(chain, shape):
        return WindowFit(
            chain, drop_saturated=fitting.drop_saturated, drop_edges=fitting.drop_edges
        )
    if chain.unknowns > MOST_UNKNOWNS:
        return None
    loaded = fitting.loading.load(first)
    x = torch.from_numpy(loaded.x.astype("float64"))
    if is_affine(chain, x, loaded.white):
        return ProbedFit(chain, drop_saturated=fitting.drop_saturated)
    return None


def _solved(fitting: Fitting, solver: WindowFit | ProbedFit, taught: list[Pair]) -> Exact:
    import torch

    with torch.no_grad():
        for number, pair in enumerate(taught):
            fitting.tell("pairs", number, len(taught))
            solver.add(fitting.loading.load(pair))
        return solver.solve(fitting.ridge)
