"""The value of a rank among the values of a window, by smaller and larger ones of two alone.

Columns of a window are sorted once for all windows that share them. In the rows of sorted columns,
sorted as well, most values have too many others below or above them; the others are sorted as far
as the wanted one needs. What nothing needs is left out: 3 x 3 values take 20 steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

Choose = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Step:
    """The larger or the smaller of two values, by their numbers."""

    larger: bool
    one: int
    other: int


@dataclass(frozen=True)
class Program:
    """Steps on values: `inputs` are the first, then comes one by each step; `outputs` are kept."""

    inputs: int
    steps: tuple[Step, ...]
    outputs: tuple[int, ...]

    def run(self, values: list[Any], smaller: Choose, larger: Choose) -> list[Any]:
        """Return the outputs for arrays of one shape; others are let go when they are used up."""
        made: dict[int, Any] = dict(enumerate(values))
        for number, (step, used_up) in enumerate(self._use, self.inputs):
            choose = larger if step.larger else smaller
            made[number] = choose(made[step.one], made[step.other])
            for last in used_up:
                del made[last]
        return [made[number] for number in self.outputs]

    @cached_property
    def _use(self) -> list[tuple[Step, list[int]]]:
        """Return the steps, each with the values that none after it needs."""
        needed, steps = {*self.outputs}, []
        for step in reversed(self.steps):
            used_up = {step.one, step.other} - needed
            needed |= used_up
            steps.append((step, [*used_up]))
        return steps[::-1]


@cache
def sorting(values: int) -> Program:
    """Return what sorts so many values."""
    network = _Network(values)
    return network.program(network.sorted([*range(values)]))


@cache
def selection(height: int, width: int, rank: int) -> Program:
    """Return what finds the value of a rank, from 0, among columns that are sorted.

    Inputs are the smallest values of all columns, then the next ones, and so on.
    """
    network = _Network(height * width)
    rows = [network.sorted([*range(row * width, (row + 1) * width)]) for row in range(height)]
    left, below = [], 0
    for down, row in enumerate(rows):
        for across, value in enumerate(row):
            not_above = (down + 1) * (across + 1) - 1
            not_below = (height - down) * (width - across) - 1
            if not_below > height * width - 1 - rank:
                below += 1
            elif not_above <= rank:
                left.append(value)
    return network.program([network.sorted(left)[rank - below]])


class _Network:
    """A growing list of steps."""

    def __init__(self, inputs: int) -> None:
        self.inputs = inputs
        self.steps: list[Step] = []

    def sorted(self, values: list[int]) -> list[int]:
        """Return the numbers of the same values in order (Batcher's merges)."""
        if len(values) < 2:
            return values
        middle = len(values) // 2
        return self._merged(self.sorted(values[:middle]), self.sorted(values[middle:]))

    def _merged(self, one: list[int], other: list[int]) -> list[int]:
        """Return two sorted lists as one, from those of their odd and of their even places."""
        if not one or not other:
            return one or other
        if len(one) == len(other) == 1:
            return self._pair(one[0], other[0])
        firsts = self._merged(one[::2], other[::2])
        seconds = self._merged(one[1::2], other[1::2])
        merged = firsts[:1]
        for low, high in zip(seconds, firsts[1:], strict=False):
            merged += self._pair(low, high)
        return merged + seconds[len(firsts) - 1 :] + firsts[len(seconds) + 1 :]

    def _pair(self, one: int, other: int) -> list[int]:
        self.steps += [Step(False, one, other), Step(True, one, other)]
        last = self.inputs + len(self.steps)
        return [last - 2, last - 1]

    def program(self, outputs: list[int]) -> Program:
        """Return the steps that outputs need, and no others."""
        needed = set(outputs)
        for at in reversed(range(len(self.steps))):
            if self.inputs + at in needed:
                needed |= {self.steps[at].one, self.steps[at].other}
        kept = [at for at in range(len(self.steps)) if self.inputs + at in needed]
        numbers = {n: n for n in range(self.inputs)}
        numbers |= {self.inputs + at: self.inputs + new for new, at in enumerate(kept)}
        steps = [
            Step(step.larger, numbers[step.one], numbers[step.other])
            for step in (self.steps[at] for at in kept)
        ]
        return Program(self.inputs, tuple(steps), tuple(numbers[number] for number in outputs))
