"""Weights learned step by step: Adam on random crops, the best so far kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError
from updown_cli.fit.crops import Sampler
from updown_cli.fit.forward import forward
from updown_cli.fit.scores import score_of

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from updown_cli.fit.learned_chain import LearnedChain
    from updown_cli.fit.pairs import Loaded

# Steps in which the rate grows, as a part of all, and how often the score is looked at.
WARMING, LOOKS = 0.02, 20

# What Adam forgets of squares; less than usual, for few steps.
BETAS = (0.9, 0.99)

# What keeps slopes of 0 from being divided by.
SLIGHT = 1e-12

# Crops of what is learned from that stand for pairs that are held out, where none are.
OWN_CROPS = 32


@dataclass(frozen=True, kw_only=True)
class Stepping:
    """How many steps there are at most, how long, and how many looks without gain end them.

    Crops have `crop` pixels a side, `batch` of them a step.
    """

    steps: int = 2000
    batch: int = 16
    crop: int = 48
    rate: float = 2e-3
    patience: int = 6

    def rate_at(self, step: int) -> float:
        """Return the rate of a step: it grows, then falls as a cosine does."""
        warm = max(round(WARMING * self.steps), 1)
        falling = 0.5 * (1 + math.cos(math.pi * step / self.steps))
        return self.rate * min((step + 1) / warm, 1.0) * falling


Tell = Callable[[str, int, int], None]


class Adam:
    """Adam (Kingma and Ba 2015), each tensor with the size that its numbers are of.

    torch's own loads its compiler, which takes longer than many a fit.
    """

    def __init__(self, tensors: Sequence[tuple[Tensor, float]]) -> None:
        import torch

        self.tensors = tensors
        self.means = [torch.zeros_like(tensor) for tensor, _ in tensors]
        self.squares = [torch.zeros_like(tensor) for tensor, _ in tensors]
        self.count = 0

    def step(self, rate: float) -> None:
        """Take a step down, and forget the slopes."""
        import torch

        self.count += 1
        first, second = (1 - beta**self.count for beta in BETAS)
        with torch.no_grad():
            every = zip(self.tensors, self.means, self.squares, strict=True)
            for (tensor, size), mean, square in every:
                if tensor.grad is None:
                    continue
                mean.lerp_(tensor.grad, 1 - BETAS[0])
                square.lerp_(tensor.grad.square(), 1 - BETAS[1])
                tensor.sub_(rate * size / first * mean / ((square / second).sqrt() + SLIGHT))
                tensor.grad = None


class Descent:
    """Goes down step by step; `best` are the arrays with the best score until now."""

    def __init__(
        self, chain: LearnedChain, sampler: Sampler, held_out: Sequence[Loaded], how: Stepping
    ) -> None:
        self.chain, self.sampler, self.held_out, self.how = chain, sampler, held_out, how
        self.best: dict[str, Any] = dict(chain.file.arrays)
        self.best_score = -math.inf
        self.taken = 0

    def run(self, device: torch.device, seed: int, tell: Tell) -> None:
        """Learn until the steps are done, or the score has long stayed; keep the best.

        What is kept is in the chain's file then, whatever ends it.
        """
        import torch

        random = torch.Generator().manual_seed(seed)
        own = self.sampler.batch(OWN_CROPS, torch.Generator().manual_seed(seed + 1))
        white = self._white()
        tensors = self._tensors(device)
        adam = Adam([(each, self.chain.size_of(n, white)) for n, each in tensors.items()])
        look, waited = max(self.how.steps // LOOKS, 1), 0
        try:
            for step in range(self.how.steps):
                if step % look == 0:
                    waited = 0 if self._look(own, white, device) else waited + 1
                    tell(f"{self.best_score:.2f} dB", step, self.how.steps)
                    if waited > self.how.patience:
                        break
                batch = self.sampler.batch(self.how.batch, random)
                self._loss(batch, white, device).backward()  # type: ignore[no-untyped-call]
                adam.step(self.how.rate_at(step))
                self.taken = step + 1
            self._look(own, white, device)
        finally:
            self.chain.file.hold(self.best)

    def _white(self) -> float:
        """Return the white of the pictures, which must be the same in all."""
        whites = {one.white for one in self.held_out} | self.sampler.whites()
        if len(whites) > 1:
            raise InputError("pairs of different depths cannot be learned from together")
        return whites.pop()

    def _tensors(self, device: torch.device) -> dict[str, Tensor]:
        """Put tensors that learn in the place of the arrays, and return them."""
        import torch

        held = {
            name: torch.from_numpy(array.copy()).to(device)
            for name, array in self.chain.file.arrays.items()
        }
        self.chain.file.hold(held)
        return {name: held[name].requires_grad_() for name in self.chain.learning}

    def _loss(self, batch: tuple[Tensor, Tensor], white: float, device: torch.device) -> Tensor:
        x, y = (each.to(device) for each in batch)
        made = forward(self.chain.pipeline, x * white, white) / white
        if self.sampler.cropping is not None:
            made = made[self.sampler.cropping.told]
        return (made - y).square().mean()

    def _look(self, own: tuple[Tensor, Tensor], white: float, device: torch.device) -> bool:
        """Keep the arrays if they are better than those before; return whether they are."""
        import torch

        if self.held_out:
            score = score_of(self.chain.pipeline, self.held_out, device)
        else:
            with torch.no_grad():
                score = -10 * math.log10(max(float(self._loss(own, white, device)), 1e-12))
        if not math.isfinite(score):
            score = -math.inf if math.isnan(score) else score
        if score <= self.best_score and self.taken:
            return False
        self.best_score = score
        self.best = {
            name: array.detach().cpu().numpy().copy()
            for name, array in self.chain.file.arrays.items()
        }
        return True
