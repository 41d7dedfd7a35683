"""What is told of a layer, as text: short lines and aligned numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.cli.explain_tables import kernel_table, matrix_table, number_tables
from updown_cli.explain import arithmetic_text
from updown_cli.explain.chain_code import chain_code
from updown_cli.explain.input_reads import first_that_reads_most, output_terms
from updown_cli.explain.size_formula import formulas
from updown_cli.files.pixel_access import AXES
from updown_cli.op.parameter import as_typed
from updown_cli.op.pool_indices import is_index_name

if TYPE_CHECKING:
    from updown_cli.explain.explanation import Explanation
    from updown_cli.explain.input_reads import AxisReads
    from updown_cli.explain.size_formula import Formula
    from updown_cli.explain.traces import Numbers, Trace
    from updown_cli.pipeline.plan import Plan, Step

# Output pixels of an axis, output values, and terms of a sum that are told.
MOST_PIXELS, MOST_VALUES, MOST_TERMS = 24, 32, 12

# Letters of a line of arithmetic.
WIDEST = 88


def describe(explanation: Explanation, at: tuple[int, ...] | None = None) -> str:
    """Return all sections, each under its title; `at` is the output value that is told in full.

    It is given by channel and sides; without it the first that reads the most is taken.
    """
    sections = {
        "size": _sizes(explanation.sizes, list(explanation.anatomy.pads)),
        "reads": _reads(explanation, at),
        "kernel": kernel_table(explanation),
        "overlap": "".join(f"{line}\n" for line in explanation.anatomy.overlap),
        **number_tables(explanation),
        **matrix_table(explanation),
        "torch": explanation.torch,
        "torch, as a transposed convolution": explanation.transposed or "",
        "tensorflow": explanation.tensorflow or "",
    }
    texts = [f"{title}\n{_indented(text)}" for title, text in sections.items() if text]
    return f"{_head(explanation.step)}\n" + "\n".join(texts)


def describe_chain(plan: Plan) -> str:
    """Return the sizes of every step and the equal code."""
    steps = "\n".join(
        f"{_head(step)}{_indented(_sizes(formulas(step.op, step.before), []))}"
        for step in plan.steps
    )
    return f"{steps}\ntorch\n{_indented(chain_code(plan))}"


def arithmetic_lines(trace: Trace, place: tuple[int, ...]) -> str:
    """Return how an output value comes about: `output[0, 1, 1]: 5*1 + 6*2 = 17`."""
    import numpy as np

    row = int(np.ravel_multi_index(place, trace.output.shape))
    line = arithmetic_text.arithmetic(trace, row).fitted(lambda text: len(text) <= WIDEST)
    return f"output{_place(place, trace.output)}: {line}"


def _middle_left_out(parts: list[str]) -> list[str]:
    if len(parts) <= MOST_TERMS:
        return parts
    half = MOST_TERMS // 2
    return [*parts[:half], "...", *parts[-half:]]


def _place(place: tuple[int, ...], numbers: Numbers) -> str:
    """Return an index: channel and sides, with the frame before them if there are several."""
    return str(list(place if len(numbers) > 1 else place[1:]))


def _head(step: Step) -> str:
    words = [step.op.command]
    for name, value in step.op.to_json().items():
        if name == "op" or value is None or value is False or is_index_name(str(value)):
            continue
        typed = as_typed(tuple(value) if isinstance(value, list) else value)
        words.append(name if value is True else f"{name} {typed}")
    sizes = [
        (f"{frames} x " if max(step.frames) > 1 else "") + str(shape)
        for frames, shape in zip(step.frames, (step.before, step.after), strict=True)
    ]
    return f"{words[0]}: {', '.join(words[1:])}\n{sizes[0]} -> {sizes[1]}\n"


def _sizes(sizes: list[Formula], every_pad: list[tuple[int, int]]) -> str:
    lines = [f"out = {sizes[0].text}"]
    pads: list[tuple[int, int] | None] = [*every_pad] or [None] * len(sizes)
    axes: dict[str, list[str]] = {}
    for size, pad in zip(sizes, pads, strict=True):
        edges = "" if pad is None else f", padding {pad[0]} before and {pad[1]} after"
        result = "" if size.filled_in == str(size.out) else f" = {size.out}"
        axes.setdefault(f"{size.filled_in}{result}{edges}", []).append(size.axis)
    lines += [f"{_listed(names)}: {text}" for text, names in axes.items()]
    return "".join(f"{line}\n" for line in lines)


def _reads(explanation: Explanation, at: tuple[int, ...] | None) -> str:
    trace = explanation.trace
    if trace is None:
        return "the input is too large to look at each value; give a smaller --input\n"
    if explanation.axes is None:
        text = _by_value(trace)
    else:
        tables: dict[str, list[str]] = {}
        for letter, axis in zip(AXES[len(explanation.axes)][1:], explanation.axes, strict=True):
            tables.setdefault(_by_pixel(axis), []).append(letter)
        text = "\n".join(f"{_listed(names)}\n{table}" for table, names in tables.items())
    place = first_that_reads_most(trace) if at is None else (0, *at)
    return f"{text}\n{arithmetic_lines(trace, place)}\n"


def _listed(names: list[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _by_pixel(axis: AxisReads) -> str:
    """Return a line for each output pixel of an axis."""
    rows = []
    for pixel, read in enumerate(axis.pixels[:MOST_PIXELS]):
        cells = [str(i) for i in read]
        if axis.weights is not None:
            weights = axis.weights[pixel]
            cells = [
                f"{i}" if weight == 1 else f"{i} * {weight:.4g}"
                for i, weight in zip(read, weights, strict=True)
            ]
        between = " + " if axis.weights is not None else " "
        rows.append(f"{pixel}: {between.join(_middle_left_out(cells)) or 'nothing'}\n")
    return "".join(rows) + _and_more(len(axis.pixels) - MOST_PIXELS)


def _by_value(trace: Trace) -> str:
    """Return a line for each output value that reads anything."""
    import numpy as np

    rows = []
    reading = np.flatnonzero(trace.reads.any(1)).tolist()
    for row in reading[:MOST_VALUES]:
        place = tuple(int(i) for i in np.unravel_index(row, trace.output.shape))
        read = [f"input{_place(term.place, trace.input)}" for term in output_terms(trace, place)]
        rows.append(f"output{_place(place, trace.output)}: {' '.join(_middle_left_out(read))}\n")
    return "".join(rows) + _and_more(len(reading) - MOST_VALUES)


def _and_more(count: int) -> str:
    return f"and {count} more; --json has all\n" if count > 0 else ""


def _indented(text: str) -> str:
    return "".join(f"  {line}" if line.strip() else line for line in text.splitlines(keepends=True))
