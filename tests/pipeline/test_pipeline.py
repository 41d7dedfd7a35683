"""Several operations as one."""

from __future__ import annotations

import pytest

from updown_cli.errors import ShapeError
from updown_cli.op.schema import Given
from updown_cli.op.shape import Shape
from updown_cli.ops.pool.avg import AvgPool
from updown_cli.ops.pool.max import MaxPool
from updown_cli.ops.shuffle.shuffle import Shuffle
from updown_cli.ops.upsample.bilinear import Bilinear
from updown_cli.ops.upsample.nearest import Nearest
from updown_cli.pipeline.pipeline import Pipeline

DOWN_UP = Pipeline((MaxPool(kernel_size=(3,), stride=(2,)), Nearest(scale_factor=(2,))))


def test_each_step_starts_from_the_shape_that_the_one_before_leaves() -> None:
    plan = DOWN_UP.plan(Shape(3, 9, 12))
    assert [(step.before, step.after) for step in plan.steps] == [
        ((3, 9, 12), (3, 4, 5)),
        ((3, 4, 5), (3, 8, 10)),
    ]
    assert plan.shape == Shape(3, 8, 10)


def test_a_step_tells_its_shapes_and_every_default() -> None:
    step = DOWN_UP.plan(Shape(3, 9, 12)).steps[0].to_json()
    assert step["in"] == [3, 9, 12]
    assert step["out"] == [3, 4, 5]
    assert (step["kernel_size"], step["stride"], step["padding"]) == ([3, 3], [2, 2], [0, 0])


def test_json_gives_the_pipeline_back() -> None:
    assert Pipeline.from_json(map(Given, DOWN_UP.to_json())) == DOWN_UP


def test_a_step_that_does_not_fit_is_named() -> None:
    twice = Pipeline((MaxPool(), MaxPool(kernel_size=(9,))))
    with pytest.raises(ShapeError, match=r"^step 2, pool: nothing is left of a 3x4x4 image;"):
        twice.plan(Shape(3, 8, 8))


def test_integers_stay_only_if_every_step_keeps_them() -> None:
    assert DOWN_UP.selects_values()
    assert not Pipeline((MaxPool(), AvgPool())).selects_values()


def test_frames_are_counted_through_the_steps() -> None:
    to_frames = Pipeline((Shuffle(downscale_factor=2, arrange="frames"), MaxPool()))
    assert to_frames.plan(Shape(3, 8, 8), frames=2).frames == 8


def test_warnings_and_notes_of_all_steps_are_gathered() -> None:
    plan = Pipeline((MaxPool(), Bilinear(scale_factor=(0.5,)))).plan(Shape(3, 9, 12))
    assert plan.notes == ["step 1, pool: the last 1x0 pixels are in no window"]
    assert plan.warnings == [
        "step 2, upsample: shrinking without --antialias reads only some of the pixels, "
        "as torch does"
    ]


def test_its_name_is_its_operations() -> None:
    assert DOWN_UP.name == "pool-upsample"
