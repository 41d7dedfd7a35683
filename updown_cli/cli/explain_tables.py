"""The tables in what is told of a layer: its kernel, its numbers, its matrix."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from updown_cli.cli.window_text import align_columns, window_tables
from updown_cli.explain.weight_sums import weight_sums
from updown_cli.op.shape import by_x

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.explain.explanation import Explanation

# Numbers in a table that are still looked at, and letters in a row of a matrix.
MOST_NUMBERS, MOST_ROWS, WIDEST = 1024, 40, 100


def kernel_table(explanation: Explanation) -> str:
    """Return the weight of a convolution; of several kernels the first."""
    kernel = explanation.anatomy.weight
    if kernel is None:
        return ""
    head = f"weight {by_x(kernel.shape)}\n"
    first = kernel[0, 0]
    if first.size > MOST_NUMBERS or first.ndim > 2:
        return head
    different = len({plane.tobytes() for plane in kernel.reshape(-1, *first.shape)})
    title = "" if different == 1 else f"the first of {different}:\n"
    return head + title + _table(first.reshape(-1, first.shape[-1]))


def number_tables(explanation: Explanation) -> dict[str, str]:
    """Return the tables of the input and the output, and what else has their form, by title."""
    trace = explanation.trace
    if trace is None:
        return {}
    named = {"pooled from": explanation.source, "input": trace.input, "output": trace.output}
    tables = {
        title: "\n".join(
            (f"frame {number}\n" if len(numbers) > 1 else "")
            + window_tables(frame, [range(side) for side in frame.shape], [""] * len(frame))
            for number, frame in enumerate(numbers)
        )
        for title, numbers in named.items()
        if numbers is not None and numbers.size <= MOST_NUMBERS
    }
    if explanation.anatomy.overlap and "output" in tables:
        counts = trace.reads.sum(1).reshape(trace.output.shape)[0, 0]
        tables["taps that reach an output value"] = _table(counts.reshape(-1, counts.shape[-1]))
        if (sums := weight_sums(trace)) is not None:
            first = sums[0, 0]
            tables["sums of the weights"] = _table(first.reshape(-1, first.shape[-1]))
    if trace.op.finds_indices and trace.chosen is not None and "output" in tables:
        plane = math.prod(trace.input.shape[2:])
        indices = (trace.chosen % plane).reshape(trace.output.shape)[0, 0]
        title = "indices, y * width + x, of the first channel"
        tables[title] = align_columns(
            [*map(_words, indices.reshape(-1, indices.shape[-1]).tolist())]
        )
    return tables


def _words(row: list[int]) -> list[str]:
    return [str(number) for number in row]


def matrix_table(explanation: Explanation) -> dict[str, str]:
    """Return the matrix under its title, if the layer is one."""
    trace = explanation.trace
    if trace is None or trace.weights is None:
        return {}
    name, weights = explanation.anatomy.matrix, trace.weights
    title = (
        f"{explanation.matrix_title}, {by_x(weights.shape)}, {int((weights != 0).sum())} not zero: "
        f"output = {name} @ input{' + offset' if trace.offset.any() else ''}"
    )
    text = _table(weights) if weights.size <= MOST_ROWS * WIDEST else ""
    if not text or len(weights) > MOST_ROWS or text.index("\n") > WIDEST:
        return {title: "too large to print; see --save-matrix and --plot\n"}
    return {title: text}


def _table(numbers: NDArray[Any]) -> str:
    """Return rows of numbers, a point for each zero."""
    return align_columns([[f"{n:.4g}" if n else "." for n in row] for row in numbers.tolist()])
