"""What an operation tells of itself: `explain` and reports ask for this, and know no operation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from updown_cli.op.anatomy import Anatomy, Surroundings
from updown_cli.op.arithmetic_line import ArithmeticLine, function_line, source_line
from updown_cli.op.shape import Shape
from updown_cli.op.size_text import SizeText

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.op.base import Op
    from updown_cli.op.code import Lines

#: How a value is told that is a weighted sum, and one that is neither that nor a named function.
SUM, FROM = "sum", "from"

# The order of numbers that rise unevenly.
SEED = 5


class Explainable(ABC):
    """What an operation tells of itself, each method of one that is told its shape."""

    #: How a value is told: SUM, FROM, or the name of a function such as max.
    told_as: ClassVar[str]
    #: What a padded place holds.
    around: ClassVar[Surroundings]
    #: What is weighed with 0 is read all the same, as the taps of a kernel are.
    reads_zero_weights: ClassVar[bool] = False
    #: Values are rounded, so that no weights tell them.
    rounds: ClassVar[bool] = False
    #: Input values go to places, rather than being looked up.
    scatters: ClassVar[bool] = False
    #: Its values are input values whose positions can be kept.
    finds_indices: ClassVar[bool] = False
    #: Why a result can have NaNs that its input had not, and what to do.
    why_nan: ClassVar[str] = ""
    #: Why transparency does not keep its meaning, where it does not.
    why_no_alpha: ClassVar[str] = "learned weights mix transparency with colours"

    def __init_subclass__(cls, *, abstract: bool = False, **options: Any) -> None:
        """Raise TypeError for an operation that does not say all; `abstract` ones need not yet."""
        super().__init_subclass__(**options)
        lacking = [] if abstract else [*_lacking(cls)]
        if lacking:
            raise TypeError(f"{cls.__name__} lacks {', '.join(lacking)}")

    @abstractmethod
    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the sides of the result."""

    @abstractmethod
    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Return for each axis its size as a formula with names, and the numbers of the names."""

    def how_to_fit(self) -> str:
        """Return what to do when nothing is left of an image."""
        return ""

    def warnings(self, shape: Shape) -> list[str]:
        """Return what a user should know about this result."""
        return []

    def notes(self, shape: Shape) -> list[str]:
        """Return what a user may want to know about this result."""
        return []

    def answers(self, shape: Shape) -> list[str]:
        """Return what the user asked to be told of this result."""
        return []

    def surroundings(self) -> Surroundings:
        """Return what a padded place holds with these parameters."""
        return self.around

    def anatomy(self, shape: Shape) -> Anatomy:
        """Return what can be shown of how it works on an image of a shape."""
        return Anatomy()

    def tell_value(self, values: Sequence[float], result: str) -> ArithmeticLine:
        """Return how a result comes of the values that are read, where no weights tell it."""
        if self.told_as in (SUM, FROM):
            return source_line(values, result)
        return function_line(self.told_as, values, result)

    def example_numbers(self, count: int) -> NDArray[Any]:
        """Return input values: 1, 2, 3..., in disorder for a function that chooses between them."""
        import numpy as np

        numbers = np.arange(1.0, count + 1)
        if self.told_as in (SUM, FROM):
            return numbers
        return np.random.default_rng(SEED).permutation(numbers)

    def rounds_at(self, white: float) -> bool:
        """Whether values are rounded in an image with this white, so that no weights tell them."""
        return self.rounds

    def example_pool(self, pooled: Shape) -> tuple[Op, Shape] | None:
        """Return what makes an input of this shape, and of which; None where any input will do.

        Raises ShapeError where nothing makes it.
        """
        return None

    def example_size(self, peek: Callable[[str], tuple[Shape, int]]) -> tuple[Shape, int] | None:
        """Return the shape and frames of the input that goes with a file, of which peek tells them.

        None where no file decides it.
        """
        return None

    def for_tracing(self) -> Op:
        """Return what reads and weighs the same of any values whatever, NaN among them."""
        return self  # type: ignore[return-value]

    def on_x(self) -> Lines:
        """Return comments on what x and y are, where they are not code values."""
        return []

    def filled_in(self, name: str, shape: Shape) -> Any:
        """Return a parameter on images of a shape, with what follows where nothing is given."""
        return getattr(self, name)

    def transposed_code(self, shape: Shape, frames: int) -> Lines | None:
        """Return torch code that does the same by a transposed convolution, where that teaches."""
        return None


def _lacking(cls: type) -> Iterator[str]:
    """Yield the names of what an operation does not say."""
    for name in ("command", "told_as", "around"):
        if not hasattr(cls, name):
            yield name
    for name in dir(cls):
        if getattr(getattr(cls, name, None), "__isabstractmethod__", False):
            yield name
