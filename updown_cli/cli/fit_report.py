"""What `updown fit` prints: how weights were found, the kernel, the scores, what to type now."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from updown_cli.batch.single_file import name_file
from updown_cli.cli.printing import printable, write_stdout
from updown_cli.cli.table import print_columns
from updown_cli.cli.typed_steps import typed_steps
from updown_cli.errors import InputError
from updown_cli.fit.report import Fitted
from updown_cli.fit.scores import Scores
from updown_cli.op.shape import by_x
from updown_cli.tensors.weight_bytes import read_note

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.fit.fitting import Fitting

# Taps along a side of kernels whose numbers are printed.
MOST_TAPS = 11

COLUMNS, HELD_OUT = ("scores", "psnr", "ssim"), ("held out psnr", "held out ssim")


def show_note(path: str) -> int:
    """Print what made a file of weights; raise InputError for one that does not say."""
    try:
        note = read_note(path)
        told = None if note is None else json.loads(note)
    except ValueError:
        told = None
    except InputError as error:
        raise name_file(error, path) from None
    if told is None:
        raise InputError("does not tell what made it", subject=path)
    write_stdout(json.dumps(told, indent=2) + "\n")
    return 0


def print_fit(fitted: Fitted, fitting: Fitting, *, as_json: bool) -> None:
    """Print all that is told of a fit."""
    if as_json:
        numbers = {name: array.tolist() for name, array in fitted.arrays.items()}
        write_stdout(json.dumps({**fitted.to_json(), "numbers": numbers}) + "\n")
        return
    write_stdout("".join(f"{line}\n" for line in _lines(fitted)))
    if fitted.margin:
        write_stdout(f"scores but for {fitted.margin} at each edge\n")
    columns = COLUMNS + HELD_OUT * bool(fitted.held_out)
    rows = [_row(name, fitted)[: len(columns)] for name in fitted.taught]
    print_columns(columns, rows, right=columns[1:])
    write_stdout(f"updown chain '{printable(typed_steps(fitted.ops))}'\n")


def _lines(fitted: Fitted) -> Iterator[str]:
    taught, held_out = fitted.counts
    pairs = f"{taught} pair{'s' * (taught > 1)}, {held_out} held out"
    if fitted.exact is not None:
        found = fitted.exact
        yield (
            f"exact: {fitted.unknowns} unknowns, {found.pixels} equations of {pairs}, condition "
            f"number {found.condition:.3g}, {found.residual:.3g} left (rms)"
        )
        if found.saturated:
            yield f"{found.saturated} saturated values left out"
    else:
        yield f"adam: {fitted.unknowns} unknowns, {fitted.taken} steps over {pairs}"
    for name, array in fitted.arrays.items():
        yield f"{name} {by_x(array.shape)}"
        if array.ndim <= 2 and max(array.shape) <= MOST_TAPS:
            yield from _numbers(array)


def _numbers(array: NDArray[Any]) -> Iterator[str]:
    rows = array.reshape(-1, array.shape[-1])
    cells = [[f"{round(float(number), 5) + 0.0:.5f}" for number in row] for row in rows]
    width = max(len(cell) for row in cells for cell in row)
    for row in cells:
        yield "  " + " ".join(cell.rjust(width) for cell in row)


def _row(name: str, fitted: Fitted) -> tuple[str, ...]:
    return (name, *_cells(fitted.taught, name), *_cells(fitted.held_out, name))


def _cells(scores: Scores, name: str) -> tuple[str, str]:
    if name not in scores:
        return "", ""
    found = scores[name]
    return f"{found.psnr:.2f}", "" if found.ssim is None else f"{found.ssim:.4f}"
