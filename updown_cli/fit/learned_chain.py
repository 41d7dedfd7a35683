"""A chain of which some layers learn: their arrays, and the pipeline that reads these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from updown_cli.errors import InputError, UsageError
from updown_cli.op.base import Op
from updown_cli.op.learnable import Learnable
from updown_cli.op.shape import Shape, by_x
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.step_errors import in_step
from updown_cli.tensors.held import HeldFile


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """A layer as it was typed, without numbers; of `channels` results if that was said."""

    layer: Any
    channels: int | None = None
    bias: bool = True

    @property
    def command(self) -> str:
        """The name of the operation."""
        return str(self.layer.command)


@dataclass(frozen=True, kw_only=True)
class LearnedStep:
    """A layer that learns: the number of its step from 0, and the names of its arrays."""

    number: int
    prefix: str
    names: tuple[str, ...]
    learning: tuple[str, ...]


@dataclass
class LearnedChain:
    """Steps, those that are `Unknown` with arrays in a file that is held in memory."""

    steps: Sequence[Op | Unknown]
    file: HeldFile
    seed: int = 0
    learned: list[LearnedStep] = field(default_factory=list)
    pipeline: Pipeline = field(default_factory=lambda: Pipeline(()))

    @classmethod
    def of(cls, steps: Sequence[Op | Unknown], path: str, shape: Shape, seed: int) -> LearnedChain:
        """Return the chain for images of a shape, its layers as they start.

        The file must be held while the chain is used. Raises UsageError for one with nothing to
        learn, and what planning raises.
        """
        if not any(isinstance(step, Unknown) for step in steps):
            raise UsageError(
                "no layer is without weights, so that there is nothing to learn",
                hint="leave --kernel or --weights of a conv, deconv or upblock out",
            )
        chain = cls(steps, HeldFile(path), seed)
        chain._make(shape)
        return chain

    def _make(self, shape: Shape) -> None:
        from updown_cli.tensors.held import holding

        ops: list[Op] = []
        with holding(self.file):
            for number, step in enumerate(self.steps):
                with in_step(f"step {number + 1}, {step.command}" if len(self.steps) > 1 else ""):
                    before = Pipeline.of(*ops).plan(shape).shape if ops else shape
                    ops.append(self._known(number, step, before))
            self.pipeline = Pipeline.of(*ops)
            self.pipeline.plan(shape)

    def _known(self, number: int, step: Op | Unknown, before: Shape) -> Op:
        if not isinstance(step, Unknown):
            return step
        seed = self.seed + number
        arrays = step.layer.starting_arrays(before, step.channels, seed, bias=step.bias)
        prefix = "" if len(self.steps) == 1 and step.layer.numbers == "weights" else f"{number}."
        self.file.hold({prefix + name: array.astype("float32") for name, array in arrays.items()})
        constants = step.layer.constants()
        learning = tuple(prefix + name for name in arrays if name not in constants)
        names = tuple(arrays)
        self.learned.append(
            LearnedStep(number=number, prefix=prefix, names=names, learning=learning)
        )
        known: Op = step.layer.knowing(self.file.path, prefix, names)
        return known

    def begin_with(self, arrays: Mapping[str, Any], path: str) -> None:
        """Take arrays of the same names and shapes in the place of those that were drawn.

        Raises InputError for others.
        """
        own = {name: self.file.shape(name) for name in self.file.names}
        given = {name: tuple(array.shape) for name, array in arrays.items()}
        for name in [*own, *given]:
            if own.get(name) != given.get(name):
                told = [by_x(each[name]) if name in each else "none" for each in (given, own)]
                raise InputError(
                    f"its array {name:.40} is {told[0]}, that of the chain {told[1]}", subject=path
                )
        self.file.hold({name: array.astype("float32") for name, array in arrays.items()})

    @property
    def learning(self) -> tuple[str, ...]:
        """The names of all arrays that learn."""
        return tuple(name for step in self.learned for name in step.learning)

    @property
    def unknowns(self) -> int:
        """How many numbers learn."""
        return sum(self.file.array(name).size for name in self.learning)

    def size_of(self, name: str, white: float) -> float:
        """Return the size that the numbers of an array are of, so that all learn at one rate.

        Between the first layer that learns and the last numbers are of the size 1; before and
        after they are code values, unless a layer divides these by white itself.
        """
        first, last = self.learned[0], self.learned[-1]
        is_bias, size = name.endswith("bias"), 1.0
        if name in first.learning and self._sees_codes(first) and not is_bias:
            size /= white
        if name in last.learning and self._sees_codes(last):
            size *= white
        return size

    def _sees_codes(self, step: LearnedStep) -> bool:
        return getattr(self.pipeline.ops[step.number], "input_range", "code") == "code"

    def layer(self, step: LearnedStep) -> Learnable:
        """Return a layer of the pipeline that learns."""
        op = self.pipeline.ops[step.number]
        assert isinstance(op, Learnable)
        return op
