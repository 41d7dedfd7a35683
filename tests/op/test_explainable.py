"""What every operation says of itself: one that does not is refused when it is defined."""

from __future__ import annotations

import pytest

from updown_cli.op.anatomy import NOTHING_AROUND
from updown_cli.op.base import Op
from updown_cli.op.input_span import InputSpan, whole_span
from updown_cli.op.shape import Shape
from updown_cli.op.size_text import KEPT, SizeText


class Still(Op, abstract=True):
    """What leaves sizes as they are."""

    command = "still"
    around = NOTHING_AROUND

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        return shape.size

    def size_formula(self, shape: Shape) -> list[SizeText]:
        return [(KEPT, {})] * shape.dims

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        return [whole_span(side) for side in shape.size]


def test_an_operation_that_says_nothing_of_itself_is_refused_with_all_that_it_lacks() -> None:
    with pytest.raises(TypeError) as error:
        type("Silent", (Op,), {})
    lacking = "command, told_as, around, apply, input_spans, out_size, size_formula, torch_code"
    assert str(error.value) == f"Silent lacks {lacking}"


def test_an_operation_is_refused_until_nothing_is_lacking() -> None:
    said = {"apply": lambda self, x: x, "torch_code": lambda self, shape, frames: ["y = x"]}
    with pytest.raises(TypeError) as error:
        type("Half", (Still,), said)
    assert str(error.value) == "Half lacks told_as"
    assert type("Whole", (Still,), {**said, "told_as": "sum"})().out_shape(Shape(1, 2)) == (1, 2)


def test_a_base_of_operations_may_lack_what_they_say() -> None:
    assert issubclass(type("Base", (Still,), {}, abstract=True), Op)
