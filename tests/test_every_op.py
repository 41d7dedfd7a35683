"""What is true of every operation."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable

import numpy as np
import pytest
import torch

from tests.helpers import run
from tests.samples import SAMPLES, dims_of, has_sample
from updown_cli.errors import ShapeError
from updown_cli.op.artifact import Artifact
from updown_cli.op.base import Op
from updown_cli.op.family import Family
from updown_cli.op.join import Join
from updown_cli.op.param_types import Limited
from updown_cli.op.pool_indices import PoolIndices
from updown_cli.op.schema import Given, SchemaError
from updown_cli.op.shape import Shape
from updown_cli.op.signal import KeptResult
from updown_cli.ops import OPS, op_from_json
from updown_cli.ops.pool.fractional_max import FractionalMaxPool
from updown_cli.ops.unpool.scatter import IndexedUnpool


def ops_that(fact: Callable[[Op], bool]) -> pytest.MarkDecorator:
    """Return a parametrization over the samples with a property."""
    return pytest.mark.parametrize("op", [op for op in SAMPLES if fact(op)], ids=str)


every_op = ops_that(lambda op: True)
every_family = pytest.mark.parametrize("family", OPS.values(), ids=lambda family: family.name)
every_mode = pytest.mark.parametrize(
    "cls", [cls for family in OPS.values() for cls in family.modes], ids=lambda cls: cls.__name__
)


def input_for(op: Op) -> tuple[torch.Tensor, tuple[Artifact, ...]]:
    """Return an image that the operation accepts, and the positions or the kept result it needs."""
    sides = (4, 6, 8)[3 - dims_of(op) :]
    values = np.random.default_rng(1).integers(0, 256, (2, 4, *sides))
    x = torch.from_numpy(values.astype(np.float32))
    if isinstance(op, Join):
        return x, (KeptResult(x.flip(1), name=op.other or ""),)
    count = int(np.prod(sides))
    places = np.random.default_rng(2).permuted(np.tile(np.arange(192), (8, 1)), axis=1)[:, :count]
    return x, (PoolIndices(places.reshape(x.shape), Shape(4, 12, 16)),)


@every_mode
def test_every_mode_has_a_sample(cls: type[Op]) -> None:
    assert has_sample(cls)


@every_op
def test_json_gives_the_operation_back(op: Op) -> None:
    assert op_from_json(Given(json.loads(json.dumps(op.to_json())))) == op


@every_op
def test_json_writes_every_parameter_out(op: Op) -> None:
    data = op.to_json()
    assert data["op"] == op.command
    assert set(data) - {"op", "like", "mode"} == {parameter.name for parameter in op.parameters()}


@every_op
def test_shape_formula_says_what_comes_out(op: Op) -> None:
    x, beside = input_for(op)
    result = run(op, x, *beside).pixels
    assert tuple(result.shape[1:]) == op.out_shape(Shape(*x.shape[1:]))


@every_op
def test_the_input_is_left_as_it_was(op: Op) -> None:
    x, beside = input_for(op)
    before = x.clone()
    run(op, x, *beside)
    assert torch.equal(x, before)


@ops_that(lambda op: not isinstance(op, (IndexedUnpool, FractionalMaxPool, Join)))
def test_images_of_a_batch_do_not_mix(op: Op) -> None:
    x, _ = input_for(op)
    both, first = run(op, x).pixels, run(op, x[:1]).pixels
    torch.testing.assert_close(both[:1], first, rtol=1e-6, atol=1e-4)


@ops_that(lambda op: op.selects_values() and not isinstance(op, IndexedUnpool))
def test_selected_values_are_input_values_or_zero(op: Op) -> None:
    x, beside = input_for(op)
    result = run(op, x, *beside).pixels
    assert set(result.flatten().tolist()) <= set(x.flatten().tolist()) | {0.0}


@ops_that(lambda op: op.linear)
def test_linear_operations_scale_with_their_input(op: Op) -> None:
    x, beside = input_for(op)
    bias = (op.to_json().get("bias") or [0.0])[0]
    once, twice = run(op, x, *beside).pixels, run(op, 2 * x, *beside).pixels
    torch.testing.assert_close(twice - bias, 2 * (once - bias), rtol=1e-5, atol=1e-2)


@every_op
def test_filling_in_twice_changes_nothing(op: Op) -> None:
    x, _ = input_for(op)
    shape = Shape(*x.shape[1:])
    filled_in = op.for_shape(shape)
    assert filled_in.for_shape(shape) == filled_in


@every_op
def test_operations_cannot_be_changed(op: Op) -> None:
    name = dataclasses.fields(op)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(op, name, None)


@every_mode
def test_every_number_has_limits(cls: type[Op]) -> None:
    kinds = {p.name: p.kind for p in cls.parameters() if isinstance(p.kind, Limited)}
    unlimited = {name for name, kind in kinds.items() if kind.min == kind.above}
    assert unlimited <= {"scale_factor", "output_ratio"}  # which are positive by their kind


@every_family
def test_parameters_of_one_name_are_one_kind(family: Family) -> None:
    for name, having in family.parameters().items():
        kinds = {type(parameter.kind) for _, parameter in having}
        assert len(kinds) == 1, name
        roles = {(parameter.letter, parameter.telling) for _, parameter in having}
        assert len(roles) == 1, name


@every_mode
def test_every_parameter_has_a_sentence(cls: type[Op]) -> None:
    for parameter in cls.parameters():
        assert parameter.help[0].isupper(), parameter.name
        assert parameter.help.endswith("."), parameter.name


def test_an_operation_of_another_name_is_refused() -> None:
    with pytest.raises(SchemaError) as refused:
        op_from_json(Given({"op": "upsmaple"}))
    assert str(refused.value) == (
        'op "upsmaple": must be one of pool, unpool, upsample, conv, deconv, shuffle, upblock, '
        "deconvnet, crop, pad, flip, normalize and 3 more; did you mean upsample?"
    )


def test_an_image_smaller_than_the_window_is_refused() -> None:
    op = op_from_json(Given({"op": "pool", "mode": "max", "kernel_size": [5]}))
    with pytest.raises(ShapeError) as refused:
        op.out_shape(Shape(3, 4, 4))
    assert str(refused.value) == "pool: nothing is left of a 3x4x4 image; the window is 5x5"


def test_numbers_for_other_dimensions_are_refused() -> None:
    op = op_from_json(Given({"op": "pool", "mode": "max", "kernel_size": [2, 2, 2]}))
    with pytest.raises(ShapeError) as refused:
        op.out_shape(Shape(3, 4, 4))
    assert str(refused.value) == "--kernel-size 2x2x2 has 3 numbers for 2-D data"
