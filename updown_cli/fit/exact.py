"""The weights of one layer by least squares, exactly, over any number of pictures."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.fit.forward import plan_for, run_steps
from updown_cli.fit.normal_equations import NormalEquations, Solution
from updown_cli.fit.window_sums import Axes, Unknowns, add_windows, inside
from updown_cli.op.learnable import AxisTaps, Learnable, LinearForm, Rearrangement
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.fit.learned_chain import LearnedChain
    from updown_cli.fit.pairs import Loaded
    from updown_cli.pipeline.plan import Step

# What a signal's missing second axis is: one row of it.
ONE_ROW = AxisTaps(range(1), 0, 1, 1, (0,))


@dataclass(frozen=True, kw_only=True)
class Exact:
    """What least squares found: how well the unknowns were told, and what is left of results.

    `pixels` were used; `saturated` ones, at the ends of the range, were not.
    """

    condition: float
    residual: float
    pixels: int
    saturated: int


def has_windows(chain: LearnedChain, shape: Shape) -> bool:
    """Whether one layer learns, is sums of windows, and nothing follows but what can be undone."""
    if len(chain.learned) != 1:
        return False
    (learned,) = chain.learned
    steps = chain.pipeline.plan(shape).steps
    step = steps[learned.number]
    form = step.op.linear_form(step.before) if isinstance(step.op, Learnable) else None
    after = steps[learned.number + 1 :]
    undone = all(isinstance(step.op, Rearrangement) for step in after)
    return form is not None and len(form.taps) < 3 and undone


class WindowFit:
    """Adds up what pairs say of the one layer that learns, and solves for it."""

    def __init__(self, chain: LearnedChain, *, drop_saturated: bool, drop_edges: bool) -> None:
        self.chain = chain
        self.drop_edges = drop_edges
        (self.learned,) = chain.learned
        self.layer = chain.layer(self.learned)
        self.drop_saturated = drop_saturated
        self.saturated = 0
        self.white = 1.0
        self.equations: list[NormalEquations] = []
        self.has_bias = any(name.endswith("bias") for name in self.learned.names)
        self.form: LinearForm | None = None

    def add(self, pair: Loaded) -> None:
        """Add a pair, frame by frame."""
        import torch

        for x, y in zip(pair.x, pair.y, strict=True):
            self._add_frame(
                torch.from_numpy(x.astype("float64"))[None],
                torch.from_numpy(y.astype("float64"))[None] * pair.gain,
                pair,
            )

    def _add_frame(self, x: Tensor, y: Tensor, pair: Loaded) -> None:
        steps = plan_for(self.chain.pipeline, x).steps
        before, step = steps[: self.learned.number], steps[self.learned.number]
        keep = self._kept(y, pair)
        x = run_steps(before, x, pair.white)
        white = step.op.white(Signal(x, white=pair.white))  # type: ignore[attr-defined]
        self.white = white
        assert isinstance(step.op, Learnable)
        form = step.op.linear_form(step.before)
        assert form is not None
        self.form = form
        windows = self.layer.windows_of(x / white)
        results = self._sums(y, steps) / white
        kept = None if keep is None else _plane(self._sums(keep, steps))
        self._add_sums(form, _plane(windows), _plane(results), kept)

    def _sums(self, y: Tensor, steps: tuple[Step, ...]) -> Tensor:
        """Return the sums of windows that results are made of."""
        for step in reversed(steps[self.learned.number + 1 :]):
            assert isinstance(step.op, Rearrangement)
            put_back = step.op.put_back(y)
            assert put_back is not None
            y = put_back
        return self.layer.sums_of(y)

    def _kept(self, y: Tensor, pair: Loaded) -> Tensor | None:
        """Return 1 for results that were not cut off, if any may have been."""
        if not (self.drop_saturated and pair.saturates):
            return None
        return ((y > 0) & (y < pair.peak * pair.gain)).double()

    def _add_sums(self, form: LinearForm, x: Tensor, y: Tensor, kept: Tensor | None) -> None:
        if form.shared:
            pieces = [(slice(n, n + 1), slice(n, n + 1), 0) for n in range(len(x))]
        else:
            ins, outs = len(x) // form.groups, len(y) // form.groups
            pieces = [
                (slice(g * ins, (g + 1) * ins), slice(g * outs, (g + 1) * outs), g)
                for g in range(form.groups)
            ]
        for of_x, of_y, number in pieces:
            keep = None if kept is None else (kept[of_y] > 0).all(0)
            self._add_piece(form, x[of_x], y[of_y], keep, number)

    def _add_piece(
        self, form: LinearForm, x: Tensor, y: Tensor, keep: Tensor | None, number: int
    ) -> None:
        unknowns = Unknowns(channels=len(x), taps=_taps(form), bias=self.has_bias)
        if number == len(self.equations):
            self.equations.append(NormalEquations(unknowns.count, len(y)))
        if keep is not None:
            self.saturated += int((~keep).sum())
        for axes in map(_both, form.sets):
            if self.drop_edges:
                axes = inside(axes[0], x.shape[1]), inside(axes[1], x.shape[2])
            add_windows(self.equations[number], unknowns, x, y, axes, keep)

    def solve(self, ridge: float) -> Exact:
        """Put what was found in the place of the arrays that learn."""
        assert self.form is not None
        solved = [equations.solve(ridge) for equations in self.equations]
        self._hold(solved, self.form)
        pixels = sum(equations.pixels for equations in self.equations)
        squares = sum(
            one.residual**2 * equations.pixels
            for one, equations in zip(solved, self.equations, strict=True)
        )
        return Exact(
            condition=max(one.condition for one in solved),
            residual=self.white * math.sqrt(squares / max(pixels, 1)),
            pixels=pixels,
            saturated=self.saturated,
        )

    def _hold(self, solved: Iterable[Solution], form: LinearForm) -> None:
        import numpy as np

        values = [one.values.T for one in solved]
        taken = [each[:, :-1] if self.has_bias else each for each in values]
        kernels = np.concatenate([each.reshape(len(each), -1, *form.taps) for each in taken])
        bias = np.concatenate([each[:, -1] for each in values]) if self.has_bias else None
        arrays = {"weight": kernels[0, 0]}
        if not form.shared:
            arrays = self.layer.from_kernels(kernels, bias)
        prefix = self.learned.prefix
        self.chain.file.hold({prefix + name: a.astype("float32") for name, a in arrays.items()})


def _taps(form: LinearForm) -> tuple[int, int]:
    return (1, form.taps[0]) if len(form.taps) == 1 else (form.taps[0], form.taps[1])


def _both(axes: tuple[AxisTaps, ...]) -> Axes:
    return (ONE_ROW, axes[0]) if len(axes) == 1 else (axes[0], axes[1])


def _plane(x: Tensor) -> Tensor:
    """Return C x H x W of 1 x C x sides."""
    return x[0][:, None] if x.ndim == 3 else x[0]
