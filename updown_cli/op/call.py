"""Calls of torch that are run and printed: the code that is told is what an operation runs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from updown_cli.op.code import Code, format_call, literal, one_for_all_axes

if TYPE_CHECKING:
    from updown_cli.op.code import Pads


class Term(ABC):
    """Something that torch computes from tensors with names, such as `x` and `weight`."""

    @abstractmethod
    def run(self, **tensors: Any) -> Any:
        """Return what torch gives for these tensors."""

    @abstractmethod
    def code(self) -> str:
        """Return it as Python."""

    def __neg__(self) -> Term:
        """Return it with the other sign."""
        return Negative(self)


@dataclass(frozen=True)
class TensorName(Term):
    """A tensor by its name."""

    name: str

    def run(self, **tensors: Any) -> Any:
        """Return the tensor."""
        return tensors[self.name]

    def code(self) -> str:
        """Return the name."""
        return self.name


#: What an operation is applied to.
X = TensorName("x")


@dataclass(frozen=True)
class Sides(Term):
    """A size, which torch takes by position; one number where all sides have the same."""

    size: tuple[int, ...]

    def run(self, **tensors: Any) -> Any:
        """Return the size."""
        return self.size

    def code(self) -> str:
        """Return the size as Python has it."""
        return literal(one_for_all_axes(self.size))


@dataclass(frozen=True)
class Number(Term):
    """A number, which torch takes by position."""

    value: int

    def run(self, **tensors: Any) -> Any:
        """Return the number."""
        return self.value

    def code(self) -> str:
        """Return the number as Python has it."""
        return literal(self.value)


@dataclass(frozen=True)
class OnesLike(Term):
    """Ones in the form of a tensor."""

    name: str = "x"

    def run(self, **tensors: Any) -> Any:
        """Return ones for one plane, which are the same in all."""
        x = tensors[self.name]
        return x.new_ones(1, 1, *x.shape[2:])

    def code(self) -> str:
        """Return the call."""
        return f"torch.ones_like({self.name})"


@dataclass(frozen=True)
class Negative(Term):
    """A term with the other sign."""

    term: Term

    def run(self, **tensors: Any) -> Any:
        """Return the negative."""
        return -self.term.run(**tensors)

    def code(self) -> str:
        """Return the term after a minus."""
        return f"-{self.term.code()}"


@dataclass(frozen=True)
class MethodCall(Term):
    """A method of a tensor with plain arguments: `x.unsqueeze(2)`."""

    term: Term
    name: str
    arguments: tuple[Any, ...] = ()

    def run(self, **tensors: Any) -> Any:
        """Call the method."""
        return getattr(self.term.run(**tensors), self.name)(*self.arguments)

    def code(self) -> str:
        """Return the call."""
        return f"{self.term.code()}.{self.name}({', '.join(map(literal, self.arguments))})"


@dataclass(frozen=True)
class Call(Term):
    """A function of `torch.nn.functional`: terms by position, then options by torch's names.

    Printed are one number for axes that have the same, and no option that says what torch would
    take anyway; what is run has all of them.
    """

    function: str
    terms: tuple[Term, ...] = (X,)
    options: Mapping[str, Any] = field(default_factory=dict)

    def run(self, **tensors: Any) -> Any:
        """Call the function."""
        import torch.nn.functional as F

        values = [term.run(**tensors) for term in self.terms]
        options = {
            name: value.run(**tensors) if isinstance(value, Term) else value
            for name, value in self.options.items()
        }
        return getattr(F, self.function)(*values, **options)

    def code(self) -> Code:
        """Return the call, over several lines if it is long."""
        terms = [term.code() for term in self.terms]
        return format_call(f"F.{self.function}", *terms, **self._said())

    def _said(self) -> dict[str, Any]:
        """Return the options in few words."""
        said = {name: _short(value) for name, value in self.options.items()}
        if "stride" in said and said["stride"] == said.get("kernel_size", 1):
            del said["stride"]
        return said


def _short(value: Any) -> Any:
    """Return one number for axes that have the same, and a term as its code."""
    if isinstance(value, Term):
        return Code(value.code())
    return one_for_all_axes(value) if isinstance(value, (tuple, list)) else value


def pad_call(term: Term, pads: Pads, value: float = 0.0) -> Term:
    """Return the padding of the sides by (before, after); the term where there is none."""
    amounts = tuple(chain.from_iterable(reversed(pads)))
    return PadCall(term, amounts, value) if any(amounts) else term


@dataclass(frozen=True)
class PadCall(Term):
    """A constant around a term; `amounts` are before and after, the last axis first."""

    term: Term
    amounts: tuple[int, ...]
    value: float = 0.0

    def run(self, **tensors: Any) -> Any:
        """Pad."""
        import torch.nn.functional as F

        return F.pad(self.term.run(**tensors), self.amounts, value=self.value)

    def code(self) -> str:
        """Return the call."""
        return format_call(
            "F.pad", self.term.code(), literal(self.amounts), value=self.value or None
        )
