"""What every file that is parsed must keep to, and the sentences of what does not."""

from __future__ import annotations

from typing import Any

import pytest

from updown_cli.op.schema import Given, SchemaError, in_place, parse_json


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "line 1, column 1: is no JSON"),
        (b"{\n}}", "line 2, column 2: is no JSON"),
        (b"\xff\xfe{", "is no JSON"),
        (b"[" * 100_000, "is nested deeper than 32"),
        (b'{"a":' * 100_000, "is nested deeper than 32"),
        (b"[" * 33 + b"]" * 33, "[0]" * 32 + ": is nested deeper than 32"),
        (b'{"a": [1, {"b": 9223372036854775808}]}',
         "a[1].b: must be a number of at most 19 digits"),
        (b"-" + b"9" * 400, "must be a number of at most 19 digits"),
        (b"[" + b"9" * 5000 + b"]", "[0]: must be a number of at most 19 digits"),
        (b"[1e999]", "[0]: must be a finite number"),
        (b"[NaN, 1]", "[0]: must be a finite number"),
        (b'{"x": -Infinity}', "x: must be a finite number"),
        (b'{"a": 1, "b": 2, "a": 3}', 'has "a" twice'),
        (b'[{"c": {"a b": 1, "a b": 3}}]', '[0].c: has "a b" twice'),
        (b'{"a b": "\\u0000"}', '["a b"]: must be text without NUL'),
        (b'{"a\\u0000": 1}', '["a\\u0000"]: must be text without NUL'),
        (b'["\\udfff"]', "[0]: must be text without surrogates"),
        (b'["\xed\xa0\x80"]', "[0]: must be text without surrogates"),
    ],
)  # fmt: skip
def test_what_no_file_may_say_is_refused_with_its_place(data: bytes, sentence: str) -> None:
    with pytest.raises(SchemaError) as refused:
        parse_json(data)
    assert (str(refused.value), refused.value.code) == (sentence, "corrupt")


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"[" * 32 + b"]" * 32, None),
        (b"[9223372036854775807, -9223372036854775807]", [(1 << 63) - 1, 1 - (1 << 63)]),
        (b'["\\ud83d\\ude00"]', ["\U0001f600"]),
        (b'["\\udcff"]', ["\udcff"]),  # a byte of a file name that is no UTF-8
        (b'[{"a": 1}, {"a": 2}]', [{"a": 1}, {"a": 2}]),
        (b"[1e308, 1e-400]", [1e308, 0.0]),
    ],
)
def test_what_is_within_the_limits_is_taken(data: bytes, value: Any) -> None:
    assert value is None or parse_json(data) == value
    parse_json(data)


TABLE = Given({"n": 3, "t": "x", "l": [1, "2"], "f": True, "none": None}, "file")


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda: TABLE.member("n").whole(4, 9), "file.n 3: must be from 4 to 9"),
        (lambda: TABLE.member("f").whole(0, 9), "file.f true: must be a whole number"),
        (lambda: TABLE.member("t").whole(0, 9), 'file.t "x": must be a whole number'),
        (lambda: TABLE.member("other").whole(0, 9), "file.other null: must be a whole number"),
        (lambda: TABLE.member("n").text(), "file.n 3: must be text"),
        (lambda: TABLE.member("t").word(("xx", "y")),
         'file.t "x": must be one of xx, y; did you mean xx?'),
        (lambda: TABLE.member("n").table(), "file.n: must be an object"),
        (lambda: TABLE.member("l").entries("parts", 3, 4),
         "file.l: must be a list of 3 to 4 parts"),
        (lambda: TABLE.member("l").entries("parts", 0, 2)[1].whole(0, 1),
         'file.l[1] "2": must be a whole number'),
        (lambda: Given(True, "p").number(0, 1), "p true: must be a number"),
        (lambda: Given(1.5, "p").number(0, 1), "p 1.5: must be from 0 to 1"),
        (lambda: Given(1, "p").flag(), "p 1: must be true or false"),
        (lambda: TABLE.table(("n", "tt", "l")),
         'file: unknown field "t"; did you mean tt?'),
        (lambda: Given({"zz": 1}).table(("n", "m")), 'unknown field "zz"; there are n, m'),
        (lambda: Given("x" * 100, "p").whole(0, 1),
         'p "' + "x" * 36 + "...: must be a whole number"),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_refused_with_its_place(ask: Any, sentence: str) -> None:
    with pytest.raises(SchemaError) as refused:
        ask()
    assert str(refused.value) == sentence


def test_an_error_that_arises_at_a_place_names_it() -> None:
    with pytest.raises(SchemaError) as refused, in_place("about"):
        raise SchemaError("is no JSON", subject="line 1, column 2")
    assert str(refused.value) == "about: line 1, column 2: is no JSON"


def test_a_long_list_of_names_is_cut() -> None:
    names = [f"mode-{number:04}" for number in range(20)]
    with pytest.raises(SchemaError) as refused:
        Given("mode-00001", "mode").word(names)
    assert str(refused.value) == (
        'mode "mode-00001": must be one of mode-0000, mode-0001, mode-0002, mode-0003, mode-0004, '
        "mode-0005, mode-0006, mode-0007, mode-0008 and 11 more; did you mean mode-0001?"
    )
