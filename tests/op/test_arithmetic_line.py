"""Numbers and arithmetic in a few letters."""

from __future__ import annotations

import pytest

from updown_cli.op.arithmetic_line import ArithmeticLine, short_number


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5.0, "5"),
        (-0.0, "0"),
        (1 / 3, "0.333"),
        (-1234.567, "-1235"),
        (99999.0, "99999"),
        (100000.0, "1e5"),
        (-0.0000123, "-1.23e-5"),
        (1e-17, "0"),
        (float("-inf"), "-inf"),
        (float("nan"), ""),
    ],
)
def test_numbers_are_short(value: float, expected: str) -> None:
    assert short_number(value) == expected


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        (35, "(a + b + c + d + e + f + g + h) / 8"),
        (34, "(a + b + c + ... + f + g + h) / 8"),
        (29, "(a + b + c + ... + g + h) / 8"),
        (3, "(...) / 8"),
    ],
)
def test_terms_are_left_out_of_the_middle(room: int, expected: str) -> None:
    line = ArithmeticLine("(", tuple("abcdefgh"), " + ", ") / 8")
    assert line.fitted(lambda text: len(text) <= room) == expected
