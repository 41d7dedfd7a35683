"""What an operation is: parameters with limits, a size formula, and arithmetic.

An operation is a frozen dataclass whose fields are made by `param`. The command, the JSON form,
the validation, the documentation and the shared tests are derived from them.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Self

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.explainable import Explainable
from updown_cli.op.kept_name import check_kept_name
from updown_cli.op.parameter import Parameter, axis_values, parameters_of
from updown_cli.op.relative_size import RelativeSize
from updown_cli.op.schema import Given, in_place
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.code import Lines
    from updown_cli.op.convention import Convention
    from updown_cli.op.input_span import InputSpan
    from updown_cli.op.integer_way import IntegerWay
    from updown_cli.op.pool_indices import PoolIndices
    from updown_cli.op.resampling import Table

#: What JSON calls the name of a kept result.
KEPT_AS = "kept_as"


@dataclass(frozen=True, kw_only=True)
class Op(Explainable, abstract=True):
    """One operation with its parameters.

    Subclasses give `out_size`, `reach` and `apply`; all are called on an operation whose per-axis
    parameters have one number per axis (`for_shape`).
    """

    command: ClassVar[str]
    mode: ClassVar[str] = ""
    #: The library whose numbers it gives, where that is not torch: what `--like` takes.
    like: ClassVar[str] = ""
    #: Output values are weighted sums of input values, so colour must be premultiplied by alpha.
    linear: ClassVar[bool] = False
    #: It weighs colours by alpha itself, where a signal says that the last channel is that.
    weighs_by_alpha: ClassVar[bool] = False
    #: Output values have the scale of the input's, whose 0 is black, and not one of their own.
    gives_code_values: ClassVar[bool] = True
    #: White is 1 in a result of floats, whatever its input was.
    gives_white: ClassVar[bool] = False
    #: Why it needs its whole input at once, if it does.
    why_whole: ClassVar[str] = ""

    #: The name under which a chain keeps the result for a join after it, if it does.
    kept_as: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.kept_as:
            try:
                check_kept_name(self.kept_as)
            except ValueError as error:
                raise ParameterError(str(error), subject=self.kept_as) from None
        for parameter in self.parameters():
            parameter.check(getattr(self, parameter.name))
        self.check()

    @classmethod
    def label(cls) -> str:
        """Return its mode, with the library whose it is."""
        return f"{cls.mode} like {cls.like}" if cls.like else cls.mode

    @classmethod
    @cache
    def parameters(cls) -> tuple[Parameter, ...]:
        """Return the declared parameters in order."""
        return parameters_of(cls)

    def check(self) -> None:
        """Raise `ParameterError` where parameters contradict each other."""

    def for_shape(self, shape: Shape) -> Self:
        """Return this operation with one number per axis and every default filled in.

        That is itself where all is filled in, so that what it has worked out stays with it.
        """
        per_axis = {
            parameter.name: axis_values(value, shape.size, parameter.option)
            for parameter in self.parameters()
            if parameter.kind.per_axis
            and isinstance(value := getattr(self, parameter.name), (tuple, RelativeSize))
        }
        filled_in = all(getattr(self, name) == value for name, value in per_axis.items())
        return self if filled_in else self.derived(**per_axis)

    def derived(self, **values: Any) -> Self:
        """Return it with values that follow from a shape: the limits are for what is typed."""
        made = object.__new__(type(self))
        for name in (known.name for known in fields(self)):
            object.__setattr__(made, name, values.get(name, getattr(self, name)))
        return made

    def with_pool_indices(self, pool_indices: PoolIndices) -> Self:
        """Return this operation with what the positions of an earlier pool tell it."""
        return self

    @property
    def told_by(self) -> str | None:
        """Return the name of the positions that it takes, or of the file that tells them."""
        return None

    def out_shape(self, shape: Shape) -> Shape:
        """Return the shape of the result; raise `ShapeError` if there is none."""
        op = self.for_shape(shape)
        result = Shape(op.out_channels(shape), *op.out_size(shape))
        if min(result) < 1:
            reason = f"{self.command}: nothing is left of a {shape} image"
            raise ShapeError(reason, hint=op.how_to_fit())
        return result

    def out_channels(self, shape: Shape) -> int:
        """Return the number of channels of the result."""
        return shape.channels

    def selects_values(self) -> bool:
        """Whether every output value is an input value or zero, so that integers stay."""
        return False

    def keeps_level(self, shape: Shape) -> bool:
        """Whether a flat picture above zero stays above zero, and so an opaque one opaque."""
        return True

    def knows_alpha(self) -> bool:
        """Whether transparency keeps its meaning when it is treated as the colours are."""
        return True

    def only_pixels(self) -> bool:
        """Whether `run` takes and gives pixels alone, so that some of its rows can be had alone."""
        return True

    def resized(self, size: tuple[int, ...]) -> Self:
        """Return this operation for an image of other sides, whose result has these."""
        return self

    def part_of(self, shape: Shape) -> tuple[slice, ...] | None:
        """Return the part of an image that its result is; None where it is anything else."""
        return None

    def for_rows(self, read: tuple[int, int], wanted: tuple[int, int], shape: Shape) -> Self | None:
        """Return what gives rows `wanted` of the result of a shape, no others, of rows `read`.

        Both are [first, last). None where the operation itself does, with others around them.
        """
        return None

    def inner_values(self, shape: Shape) -> int:
        """Return how many values `run` holds at once beside the image and the result."""
        return 0

    def padded_values(self, shape: Shape) -> int:
        """Return how many values the image has with padding, where `run` puts that around it."""
        return 0

    def stage_names(self) -> list[str]:
        """Return the names of what `run` adds to the stages of a signal, if asked."""
        return []

    def out_frames(self, frames: int, shape: Shape) -> int:
        """Return the number of frames of the result."""
        return frames

    @abstractmethod
    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return for each axis which input pixels an output pixel needs."""

    def operations(self, shape: Shape) -> int:
        """Return the multiply-adds, or comparisons, for one image: none where values only move."""
        each = math.prod(reach.taps for reach in self.input_spans(shape))
        return round(math.prod(self.out_shape(shape)) * each) if each > 1 else 0

    def run(self, signal: Signal) -> Signal:
        """Apply the operation. Its shape must have passed `out_shape`."""
        return replace(signal, pixels=self.apply(signal.pixels))

    @abstractmethod
    def apply(self, x: Tensor) -> Tensor:
        """Return the result for N x C x sides."""

    def integer_way(self, shape: Shape, dtype: Any) -> IntegerWay | None:
        """Return how it works on integers of a NumPy dtype as they are; None if it needs floats."""
        return None

    @abstractmethod
    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return Python that makes `y` of `x`, so many frames of a shape, with torch."""

    def tensorflow_code(self, shape: Shape) -> Lines | None:
        """Return such lines with TensorFlow, channels last; None where it has nothing equal."""
        return None

    def has_tables(self, shape: Shape) -> bool:
        """Whether the operation is a separable interpolation that tables can do."""
        return False

    def weighs_by_tables(self, shape: Shape) -> bool:
        """Whether tables would mix values, with weights of single precision."""
        return self.has_tables(shape) and not self.selects_values()

    def tables(self, shape: Shape, dtype: str = "float32") -> tuple[Table, ...] | None:
        """Return the weights of each side if the operation has tables, as for values of a dtype."""
        return None

    def double_tables(self, shape: Shape) -> tuple[Table, ...] | None:
        """Return the weights of each side of an interpolation that needs double precision.

        What they give of bytes is rounded to single precision once, at the end.
        """
        return None

    def to_json(self) -> dict[str, Any]:
        """Return the operation as JSON, every parameter written out."""
        names = {"op": self.command, "like": self.like, "mode": self.mode}
        head = {name: value for name, value in names.items() if value}
        values = {p.name: p.kind.dump(getattr(self, p.name)) for p in self.parameters()}
        return head | values | ({KEPT_AS: self.kept_as} if self.kept_as else {})

    @classmethod
    def from_json(cls, given: Given, convention: Convention | None = None) -> Self:
        """Return the operation that `to_json` gave; raise SchemaError for what none gives.

        What is not given is as a convention has it.
        """
        known = {parameter.name: parameter for parameter in cls.parameters()}
        like = ("like",) if cls.like or convention else ()
        members = given.table(("op", *like, "mode", *known, KEPT_AS))
        values = {n: known[n].load(member) for n, member in members.items() if n in known}
        kept = {KEPT_AS: members[KEPT_AS].text()} if KEPT_AS in members else {}
        with in_place(given.place):
            if convention:
                values = convention.completed(values)
            return cls(**values, **kept)
