"""How values are typed, checked and stored."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

from updown_cli.op.meant import nearest_name
from updown_cli.op.param_types import Choice, Flag, Float, Floats, Int, ParamType, Text
from updown_cli.op.per_axis import Padding, Scales, Sizes

PADDING = Padding(min=0, max=9, words=("same",))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Int(), "-3", -3),
        (Float(), "1e-3", 0.001),
        (Float(), "inf", float("inf")),
        (Floats(), "1,-2.5", (1.0, -2.5)),
        (Flag(), "true", True),
        (Choice(("a", "b")), "a", "a"),
        (Text("FILE"), "a b", "a b"),
        (Sizes(), "2", (2,)),
        (Sizes(), "2x3x4", (2, 3, 4)),
        (Sizes(keep=True), "7x_", (7, None)),
        (PADDING, "1x2", (1, 2)),
        (PADDING, "same", "same"),
        (Scales(), "2x0.5", (2.0, 0.5)),
        (Scales(), "29/100", (Fraction(29, 100),)),
        (Scales(), "50%", (Fraction(1, 2),)),
        (Scales(), "12.5%x3", (Fraction(1, 8), 3.0)),
    ],
    ids=str,
)
def test_text_is_read_and_comes_back_from_json(kind: ParamType, text: str, value: Any) -> None:
    parsed = kind.parse(text)
    kind.check(parsed)
    assert parsed == value
    assert kind.load(json.loads(json.dumps(kind.dump(parsed)))) == parsed


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        (Int(), "2.0", "must be a whole number"),
        (Int(), "٣", "must be a whole number"),
        (Int(), "9" * 5000, "must be a whole number"),
        (Int(min=1), "0", "must be at least 1"),
        (Int(max=4), "5", "must be at most 4"),
        (Int(min=1, max=4), "5", "must be from 1 to 4"),
        (Float(), "x", "must be a number"),
        (Float(), "nan", "must be a number"),
        (Float(above=0), "0", "must be more than 0"),
        (Floats(), "1,inf", "must be finite numbers"),
        (Floats(), "1,,2", "must be a number"),
        (Flag(), "yes", "must be true or false"),
        (Choice(("max", "min")), "maxx", "must be one of max, min; did you mean max?"),
        (Text("FILE"), "", "must not be empty"),
        (Sizes(), "2,3", "must be a whole number or HxW"),
        (Sizes(), "1x2x3x4", "must be one number, or one per axis between 'x'"),
        (Sizes(), "_", "must be a whole number or HxW"),
        (Sizes(min=1), "3x0", "must be at least 1"),
        (PADDING, "full", "must be a whole number or HxW, or same"),
        (Scales(), "0", "must be more than 0"),
        (Scales(), "-1", "must be more than 0"),
        (Scales(), "inf", "must be finite"),
        (Scales(), "1/0", "must not divide by zero"),
        (Scales(), "a%", "must be a number before '%'"),
        (Scales(max=8), "9", "must be at most 8"),
    ],
    ids=str,
)
def test_a_wrong_value_is_told_what_it_must_be(kind: ParamType, text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=r"^must") as refused:
        kind.check(kind.parse(text))
    assert str(refused.value) == sentence


def test_only_near_names_are_offered() -> None:
    assert nearest_name("bicubik", ("bilinear", "bicubic")) == "; did you mean bicubic?"
    assert nearest_name("xyz", ("bilinear", "bicubic")) == ""
