"""Least squares where results are linear in the unknowns in whatever way: column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.fit.exact import Exact
from updown_cli.fit.forward import forward
from updown_cli.fit.normal_equations import NormalEquations

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.fit.learned_chain import LearnedChain
    from updown_cli.fit.pairs import Loaded

#: Unknowns that are tried one by one: each costs a pass through the chain for every picture.
MOST_UNKNOWNS = 512

# Numbers of columns that are held at once: 128 MB.
MOST_VALUES = 1 << 24

# How far two sums of results of the size 1 may be apart that are equal but for rounding.
EQUAL = 1e-5

SEED = 20


def is_affine(chain: LearnedChain, x: Tensor, white: float) -> bool:
    """Whether results are a constant and what each unknown adds, as far as drawn ones tell."""
    import torch

    generator = torch.Generator().manual_seed(SEED)

    def drawn() -> list[Tensor]:
        return [
            torch.randn(chain.file.shape(name), generator=generator, dtype=torch.float64)
            for name in chain.learning
        ]

    one, other = drawn(), drawn()
    none = [0 * each for each in one]
    both = [a + b for a, b in zip(one, other, strict=True)]
    made = [_with(chain, arrays, x, white) for arrays in (none, one, other, both)]
    left = (made[3] - made[2] - made[1] + made[0]).abs().max()
    return bool(left <= EQUAL * max(each.abs().max() for each in made))


def _with(chain: LearnedChain, arrays: list[Tensor], x: Tensor, white: float) -> Tensor:
    """Return the results with other arrays in the place of those that learn."""
    import torch

    before = {name: chain.file.array(name) for name in chain.learning}
    chain.file.hold(dict(zip(chain.learning, arrays, strict=True)))
    try:
        with torch.no_grad():
            return forward(chain.pipeline, x, white)
    finally:
        chain.file.hold(before)


class ProbedFit:
    """Adds up what pairs say of unknowns, each of which is tried alone."""

    def __init__(self, chain: LearnedChain, *, drop_saturated: bool) -> None:
        self.chain = chain
        self.drop_saturated = drop_saturated
        self.saturated = 0
        self.equations = NormalEquations(chain.unknowns, 1)

    def add(self, pair: Loaded) -> None:
        """Add a pair."""
        import torch

        x = torch.from_numpy(pair.x.astype("float64"))
        y = torch.from_numpy(pair.y.astype("float64")).flatten() * pair.gain
        keep = torch.ones(len(y), dtype=torch.bool)
        if self.drop_saturated and pair.saturates:
            keep = (y > 0) & (y < pair.peak * pair.gain)
            self.saturated += int((~keep).sum())
        places = keep.nonzero()[:, 0]
        constant = self._results(x, pair, None)
        count = max(MOST_VALUES // self.chain.unknowns, 1)
        for first in range(0, len(places), count):
            self._add_places(x, y, pair, constant, places[first : first + count])

    def _add_places(
        self, x: Tensor, y: Tensor, pair: Loaded, constant: Tensor, places: Tensor
    ) -> None:
        import numpy as np
        import torch

        count = self.chain.unknowns
        columns = torch.stack(
            [(self._results(x, pair, number) - constant)[places] for number in range(count)]
        )
        results = (y - constant)[places][None]
        self.equations.add(
            np.arange(count),
            (columns @ columns.T).numpy(),
            (columns @ results.T).numpy(),
            float((results * results).sum()),
            len(places),
        )

    def _results(self, x: Tensor, pair: Loaded, number: int | None) -> Tensor:
        """Return the results with 1 for one unknown and 0 for all others."""
        import torch

        values = torch.zeros(self.chain.unknowns, dtype=torch.float64)
        if number is not None:
            values[number] = 1.0
        return _with(self.chain, self._arrays(values), x, pair.white).flatten()

    def _arrays(self, values: Any) -> list[Any]:
        """Return numbers one after another as the arrays that learn."""
        arrays, first = [], 0
        for name in self.chain.learning:
            shape = self.chain.file.shape(name)
            count = self.chain.file.array(name).size
            arrays.append(values[first : first + count].reshape(shape))
            first += count
        return arrays

    def solve(self, ridge: float) -> Exact:
        """Put what was found in the place of the arrays that learn."""
        solved = self.equations.solve(ridge)
        arrays = self._arrays(solved.values[:, 0].astype("float32"))
        self.chain.file.hold(dict(zip(self.chain.learning, arrays, strict=True)))
        return Exact(
            condition=solved.condition,
            residual=solved.residual,
            pixels=self.equations.pixels,
            saturated=self.saturated,
        )
