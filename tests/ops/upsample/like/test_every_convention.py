"""What is true of every resize of another library that is made of tables."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.conftest import noise
from tests.samples import has_package
from updown_cli.engine.alpha import ChannelInfo
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.explain.equal_code import torch_code
from updown_cli.explain.traces import trace_op
from updown_cli.op.base import Op
from updown_cli.op.schema import Given
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.ops import op_from_json
from updown_cli.ops.upsample.like import library_modes
from updown_cli.ops.upsample.like.tabled import Tabled
from updown_cli.pipeline.pipeline import Pipeline

MODES = [cls for cls in library_modes() if issubclass(cls, Tabled)]
every_mode = pytest.mark.parametrize("cls", MODES, ids=lambda cls: cls.__name__)
WHITE = {"uint8": 255.0, "uint16": 65535.0, "float32": 1.0}


def stored(dtype: str, *shape: int) -> np.ndarray:
    values = np.random.default_rng(3).random(shape) * WHITE[dtype]
    return values.round().astype(dtype) if dtype != "float32" else values.astype(dtype)


@every_mode
@pytest.mark.parametrize("dtype", WHITE)
@pytest.mark.parametrize("size", [(29, 9), (5, 31)])
def test_strips_are_the_whole(cls: type[Tabled], dtype: str, size: tuple[int, int]) -> None:
    pixels = stored(dtype, 1, 3, 17, 12)
    plan = Pipeline((cls(size=size),)).plan(Shape(3, 17, 12))
    info, quantization = ChannelInfo(WHITE[dtype]), Quantization(dtype)
    whole, cut = (
        Engine(torch.device("cpu"), height=height).run(
            plan, pixels, quantization, channel_info=info
        )
        for height in (None, 3)
    )
    np.testing.assert_array_equal(cut.pixels, whole.pixels)


@every_mode
@pytest.mark.parametrize("settings", [{"size": (9, 5)}, {"scale_factor": (2.5, 0.6)}])
def test_the_code_gives_the_same(cls: type[Tabled], settings: dict[str, object]) -> None:
    if not has_package(cls):
        pytest.skip("its package is only in the conformance run")
    shape = Shape(2, 7, 8)
    op = cls(**settings).for_shape(shape)  # type: ignore[arg-type]
    x = torch.from_numpy(stored("float32", 2, *shape))
    code = torch_code(op, shape, 2)
    assert max(map(len, code.splitlines())) <= 110
    made: dict[str, torch.Tensor] = {"x": x.clone()}
    exec(code, made)
    assert made["y"].dtype == x.dtype
    torch.testing.assert_close(made["y"], op.run(Signal(x)).pixels, rtol=0, atol=2e-6)


@every_mode
def test_the_weights_are_told(cls: type[Tabled]) -> None:
    pixels = np.arange(1.0, 21).reshape(1, 1, 4, 5)
    trace = trace_op(cls(size=(6, 3)).for_shape(Shape(1, 4, 5)), pixels)
    assert trace.weights is not None
    told = trace.weights @ trace.input.ravel()
    np.testing.assert_allclose(told, trace.output.ravel(), rtol=2e-6)


@every_mode
def test_the_json_gives_it_back(cls: type[Tabled]) -> None:
    op: Op = cls(size=(6, 3))
    assert op_from_json(Given(op.to_json())) == op


@every_mode
def test_the_size_of_a_factor_is_as_its_formula_tells(cls: type[Tabled]) -> None:
    shape = Shape(1, 5, 7)
    factors = (2.0, 3.0) if cls.like == "keras" else (2.5, 0.7)
    op: Tabled = cls(scale_factor=factors).for_shape(shape)
    result = op.run(Signal(torch.from_numpy(noise(5, 7).astype(np.float32))[None, None]))
    assert tuple(result.pixels.shape[2:]) == op.out_size(shape)
