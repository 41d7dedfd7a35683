"""Linear interpolation by the rank of the data."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers import apply
from tests.ops.upsample.reference_layers import noise
from updown_cli.errors import ShapeError
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.linear import Linear


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_linear_copies_an_axis_that_keeps_its_size(dims: int) -> None:
    """torch takes floor(3 * 1.2) = 3 for a scale of 1; its bicubic does not."""
    op = Linear(scale_factor=(1.2,))
    image = noise(*(3,) * dims)
    np.testing.assert_array_equal(apply(op, image, dims), image)


@pytest.mark.parametrize("dims", [1, 3])
def test_linear_has_no_antialias_but_in_two_dimensions(dims: int) -> None:
    """As torch."""
    with pytest.raises(ShapeError, match=f"^--antialias is for 2-D data, not {dims}-D$"):
        Linear(size=(4,), antialias=True).out_shape(Shape(1, *(3,) * dims))
