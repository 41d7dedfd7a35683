"""Step interpolation: the sample before or after each point."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.step import StepUpsample
from updown_cli.pipeline.pipeline import Pipeline


@pytest.mark.parametrize("dtype", ["uint8", "int32", "float32"])
@pytest.mark.parametrize("dims", [1, 2, 3])
def test_data_of_any_rank_and_type_is_picked_from(dims: int, dtype: str) -> None:
    """Three pixels a side to five: points at 0, 0.5, 1, 1.5 and 2."""
    shape = Shape(2, *(3,) * dims)
    pixels = np.arange(np.prod(shape)).reshape(1, *shape).astype(dtype)
    plan = Pipeline((StepUpsample(size=(5,)),)).plan(shape)
    actual = Engine(torch.device("cpu")).run(plan, pixels, Quantization(dtype)).pixels
    expected = pixels[np.ix_([0], [0, 1], *[[0, 0, 1, 1, 2]] * dims)]
    np.testing.assert_array_equal(actual, expected)
