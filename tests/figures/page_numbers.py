"""What the page of a layer shows, gone to as a user does, held against what `--json` says."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Everything that the page of one layer shows, read from the page alone: of every value what lights
#: up, with the numbers beside it, when the focus is on it. Its windows, not its stamps, are read.
SHOWN = r"""
(() => {
  const all = (what, where) => [...(where || document).querySelectorAll(what)];
  const text = (node) => node ? node.textContent : null;
  const error = document.getElementById("refusal");
  const command = text(document.querySelector("#command code"));
  if (!error.hidden) return { command, error: error.textContent };
  const side = (kind) => all("#panels td[data-exact]").filter(
    (cell) => cell.getAttribute("aria-label").startsWith(kind));
  const ins = side("input "), outs = side("output ");
  const small = (cell) => text(cell.querySelector("small"));
  const value = (cell) => [cell.dataset.exact, text(cell.querySelector("span")), small(cell)];
  const line = () => text(document.getElementById("line"));
  const lit = (cells, kind) => cells.flatMap((cell, at) =>
    cell.classList.contains(kind) ? [[at, small(cell)]] : []);
  const seen = (cells, mine, others, kind) => cells.map((cell) => {
    cell.focus();
    const where = cell.dataset.place;
    return { where, line: line(), lit: lit(others, kind), own: small(cell) };
  });
  return {
    command, error: null,
    sizes: all("#panels p.size").map(text),
    code: all("#code h2").map((head) => [text(head), text(head.nextElementSibling)]),
    input: ins.map(value), output: outs.map(value),
    fromOutput: seen(outs, outs, ins, "read"), fromInput: seen(ins, ins, outs, "out"),
  };
})()
"""

# A number with three digits, or four of a whole one, is at most this far away, as a part of it.
DIGITS = 5.1e-3
# What rounding leaves of 0 is shown as 0.
NOTHING = 1e-12


def is_shown_as(text: str, number: float) -> bool:
    """Whether a text is a number with the digits that pages have."""
    if math.isnan(number):
        return text in ("", "nan")
    if math.isinf(number):
        return text == str(number)
    return abs(float(text) - number) <= max(DIGITS * abs(number), NOTHING)


def differences(shown: dict[str, Any], told: dict[str, Any]) -> Iterator[str]:
    """Yield a sentence for each number that is not what `explain --json` has."""
    yield from _values("input", shown["input"], told["input"])
    yield from _values("output", shown["output"], told["output"])
    formulas = [f"{size['axis']}: {size['numbers']} = {size['out']}" for size in told["sizes"]]
    if shown["sizes"] != [f"out = {told['sizes'][0]['formula']}", *formulas]:
        yield f"sizes {shown['sizes']}"
    code = [[name, told[name]] for name in ("torch", "tensorflow") if told[name]]
    if shown["code"] != code:
        yield f"code {shown['code']}"
    yield from _from_outputs(shown["fromOutput"], told)
    yield from _from_inputs(shown["fromInput"], told)


def _values(side: str, shown: list[list[str]], told: Any) -> Iterator[str]:
    numbers = flat(told)
    if len(shown) != numbers.size:
        yield f"{side}: {len(shown)} values, not {numbers.size}"
        return
    for place, (number, (exact, text, _)) in enumerate(zip(numbers, shown, strict=True)):
        same = float(exact) == number or (math.isnan(number) and math.isnan(float(exact)))
        if not same or not is_shown_as(text, number):
            yield f"{side} {place}: {text} ({exact}), not {number}"


def flat(told: Any) -> NDArray[np.float64]:
    """Return the numbers of nested lists, of which some are texts such as `inf`."""
    return np.array(told, dtype=object).ravel().astype(np.float64)


def _from_outputs(shown: list[dict[str, Any]], told: dict[str, Any]) -> Iterator[str]:
    outputs, matrix = flat(told["output"]), told["matrix"]
    for row, (seen, reads) in enumerate(zip(shown, told["reads"], strict=False)):
        if [place for place, _ in seen["lit"]] != reads:
            yield f"output {row} lights {seen['lit']}, not {reads}"
            continue
        for place, text in seen["lit"]:
            yield from _weight(f"output {row} from {place}", text, matrix and matrix[row][place])
        yield from _index(row, seen["own"], told)
        if not seen["line"].startswith(seen["where"]):
            yield f"output {row} is told as {seen['line']}"
        yield from _result(row, seen["line"], outputs[row])


def _index(row: int, text: str, told: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with where a pool found a value: its place in its own plane."""
    if text:
        plane = math.prod(np.shape(told["input"])[2:])
        if text != f"at {told['chosen'][row] % plane}":
            yield f"output {row} is {text}, not at {told['chosen'][row]} of planes of {plane}"


def _result(row: int, line: str, number: float) -> Iterator[str]:
    """Yield what is wrong with the result that arithmetic ends with, or a value that is taken."""
    if "goes" in line or ", from input " in line:
        found = line.partition(": ")[2].partition(",")[0]
    else:
        found = line.replace(": ", " = ").split(" = ")[-1]
    try:
        right = is_shown_as(found, number)
    except ValueError:
        right = False
    if not right:
        yield f"output {row} is {number}, not as in {line}"


def _from_inputs(shown: list[dict[str, Any]], told: dict[str, Any]) -> Iterator[str]:
    matrix = told["matrix"]
    for column, seen in enumerate(shown):
        readers = [row for row, reads in enumerate(told["reads"]) if column in reads]
        if [place for place, _ in seen["lit"]] != readers:
            yield f"input {column} lights {seen['lit']}, not {readers}"
            continue
        for place, text in seen["lit"]:
            weight = matrix and matrix[place][column]
            yield from _weight(f"input {column} to {place}", text, weight)


def _weight(where: str, text: str, weight: float | None) -> Iterator[str]:
    """Yield what is wrong with a weight beside a value; where there is none, nothing stands."""
    if weight is None:
        right = re.fullmatch("(at [0-9]+)?", text) is not None
    else:
        right = text.startswith("× ") and is_shown_as(text[2:], weight)
    if not right:
        yield f"{where}: {text!r}, not {weight}"
