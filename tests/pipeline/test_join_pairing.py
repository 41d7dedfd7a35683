"""Names of kept results, and what a plan knows of them."""

from __future__ import annotations

import json

import pytest

from updown_cli.cli.steps import parse_steps
from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.schema import Given
from updown_cli.op.shape import Shape
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.shape_report import shape_report
from updown_cli.pipeline.strips import can_be_cut

UNET = (
    "conv --kernel box -p same @e1 | pool -k 2 @e2 | pool -k 2 | upsample --scale-factor 2 | "
    "concat @e2 | upsample --scale-factor 2 | concat @e1"
)


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ("pool @a | pool @b | add @c",
         "step 3, add: @c: no step before it keeps a result of this name; there are @a, @b"),
        ("pool @a | add @b",
         "step 2, add: @b: no step before it keeps a result of this name; there is @a"),
        ("pool | add @b | pool @b", "step 2, add: @b: no step before it keeps a result of this "
         "name; a step that ends in @b keeps its result"),
        ("pool @a | add", "step 2, add: does not say which kept result it takes; there is @a"),
        ("pool | concat",
         "step 2, concat: does not say which kept result it takes; concat @NAME"),
        ("pool @a | pool @a | add @a", "step 2, pool: @a: step 1 keeps its result under this name "
         "already; take another"),
        ("pool @a | add @a @a", "step 2, add: @a: step 1 keeps its result under this name already; "
         "take another"),
        ("pool @a | pool @b | add @a",
         "step 2, pool: @b: no concat or add after it takes it; leave it out"),
        ("pool @a", "@a: no concat or add after it takes it; leave it out"),
        ("concat @a", "concat: joins what an earlier step keeps, and so goes in a chain; updown "
         "chain 'pool -k 2 @e1 | conv --kernel box -p same | concat @e1'"),
        ("pool --save-indices @a | conv --kernel box -p same @a | unpool --indices @a | add @a",
         "step 2, conv: @a: names positions of a pool as well (--save-indices); take another"),
        ("pool | conv --kernel box -p same @a | unpool --indices @a | add @a", "step 3, unpool: "
         "@a: is a kept result, which concat or add takes, not positions of a pool"),
        ("pool --save-indices @a | unpool | add @a", "step 3, add: @a: names the positions of a "
         "pool, which an unpool takes, not a kept result"),
        ("pool @1 | add @1", "step 1, pool: @1: must be @ and a word such as @e1; numbers name "
         "positions of pools"),
        ("pool @a | add @1", "step 2, add: --other @1: must be @ and a word such as @e1; numbers "
         "name positions of pools"),
    ],
)  # fmt: skip
def test_names_that_go_wrong_are_told(steps: str, sentence: str) -> None:
    with pytest.raises(ParameterError) as refused:
        parse_steps(steps)
    assert str(refused.value) == sentence
    assert len(f"updown: {sentence}") <= 200


def test_what_does_not_fit_is_told_with_the_nearest_inputs_that_do() -> None:
    with pytest.raises(ShapeError) as refused:
        parse_steps(UNET).plan(Shape(3, 44, 62))
    assert str(refused.value) == (
        "step 5, concat: 3x22x30 does not fit @e2, 3x22x31; inputs of 44x60 or 44x64 would, as "
        "--fit crop or pad would"
    )
    for size in ((44, 60), (44, 64)):
        assert parse_steps(UNET).plan(Shape(3, *size)).shape == (9, *size)


def test_what_is_larger_than_what_was_kept_fits_in_no_way() -> None:
    steps = "conv --kernel box @a | pad -p 1 | concat @a"
    with pytest.raises(ShapeError) as refused:
        parse_steps(steps).plan(Shape(3, 8, 8))
    assert str(refused.value) == "step 3, concat: 3x8x8 does not fit @a, 3x6x6"


def test_numbers_of_frames_that_differ_are_told() -> None:
    steps = "conv --kernel box -p same @a | shuffle --downscale-factor 2 --arrange frames | add @a"
    with pytest.raises(ShapeError) as refused:
        parse_steps(steps).plan(Shape(3, 8, 8))
    assert str(refused.value) == "step 3, add: 4 frames do not fit the 1 of @a"


def test_a_recipe_holds_names() -> None:
    pipeline = parse_steps(UNET)
    data = json.loads(json.dumps(pipeline.to_json()))
    assert [step.get("kept_as") for step in data] == ["@e1", "@e2", *[None] * 5]
    assert [step.get("other") for step in data] == [*[None] * 4, "@e2", None, "@e1"]
    again = Pipeline.from_json(map(Given, data))
    assert again == pipeline
    assert again.plan(Shape(3, 44, 60)).bytes == pipeline.plan(Shape(3, 44, 60)).bytes


def test_both_branches_are_in_the_receptive_field() -> None:
    """A pixel of the sum sees 5x5 pixels by the one way and 1x1 by the other, or the reverse."""
    wide = "conv --kernel box --kernel-size 5 -p same"
    one = "conv --kernel identity -p same"
    thin = "conv --kernel identity --kernel-size 1"
    kept_wide = f"{wide} @a | {thin} | add @a"
    kept_thin = f"{thin} @a | {wide} | add @a"
    for steps in (kept_wide, kept_thin):
        found = shape_report(parse_steps(steps), Shape(1, 40, 40))
        assert found.lines[-1].field == (5, 5)
    # Cropped without the middle's shift the kept pixel would be another.
    shifted = f"{one} @a | crop --box 0,0,20x20 | add @a --fit crop"
    plan = parse_steps(shifted).plan(Shape(1, 40, 40))
    assert plan.needs(0, 5, 6) == (4, 17)
    padded = f"{thin} @a | crop --box 0,0,20x20 | add @a --fit pad"
    assert parse_steps(padded).plan(Shape(1, 40, 40)).needs(0, 15, 16) == (5, 16)


def test_what_is_kept_counts_until_it_is_taken() -> None:
    """Planes of float32: what a step reads, what it makes, and what is kept beside them."""
    step = "activate"
    plane, files = 4 * 100 * 100, 2 * 100 * 100
    shape = Shape(1, 100, 100)
    alone = parse_steps(f"{step} | {step}").plan(shape).bytes
    assert alone == 2 * plane + files
    at_next = parse_steps(f"{step} @a | {step} | add @a").plan(shape).bytes
    assert at_next == 3 * plane + files
    later = parse_steps(f"{step} @a | {step} | {step} | add @a").plan(shape).bytes
    assert later == 3 * plane + files
    both = parse_steps(f"{step} @a | {step} @b | {step} | add @a | add @b").plan(shape).bytes
    assert both == 4 * plane + files
    freed = parse_steps(f"{step} @a | add @a | {step} @b | {step} | add @b").plan(shape).bytes
    assert freed == 3 * plane + files


def test_a_chain_that_keeps_results_is_not_cut() -> None:
    plan = parse_steps(UNET).plan(Shape(3, 44, 60))
    assert not can_be_cut(plan)
    large = shape_report(parse_steps(UNET), Shape(3, 4000, 6000))
    # The first result, 3 x 4000 x 6000 floats, is whole from the first line on.
    assert all(line.bytes > 4 * 3 * 4000 * 6000 for line in large.lines)
    report = shape_report(parse_steps(UNET), Shape(3, 44, 60))
    assert [text for line in report.lines for text in line.remarks] == [
        "step 5, concat: takes @e2, 3x22x30: kept whole, so nothing runs in strips",
        "step 7, concat: takes @e1, 3x44x60: kept whole, so nothing runs in strips",
    ]
    assert report.lines[4].to_json()["joins"] == {
        "name": "@e2",
        "shape": [3, 22, 30],
        "bytes": 4 * 3 * 22 * 30,
    }
