"""The files that `explain` makes: the matrix, its picture, a moving picture, a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.batch.named_files import check_apart, named_files, read_files
from updown_cli.batch.single_file import check_free, write_single
from updown_cli.cli.explain_page import PageSource, page_of_layer
from updown_cli.errors import InputError, UsageError
from updown_cli.explain.cell_grid_model import as_planes
from updown_cli.explain.traces import MOST_LINKS, MOST_TRACED
from updown_cli.explain.weight_sums import weight_sums
from updown_cli.figures import animation, matrix_plot
from updown_cli.figures.moving_formats import MOVING_FORMATS
from updown_cli.figures.overlap_plot import overlap_plot
from updown_cli.files.formats import ARRAY_ENDING, PAGE_ENDINGS, ending
from updown_cli.op.base import Op
from updown_cli.op.parameter import as_typed
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.tensors.layout import array_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.cli.explain import ExplainOptions
    from updown_cli.explain.explanation import Explanation
    from updown_cli.explain.traces import Trace


def setting_of(op: Op) -> str:
    """Return a layer with its settings: `deconv, kernel box, stride 2, padding 1`."""
    words = [f"{op.command} {op.mode}".strip()]
    for parameter in op.parameters():
        value = getattr(op, parameter.name)
        if isinstance(value, tuple) and len(set(value)) == 1:
            value = value[:1]
        if parameter.telling and value != parameter.default:
            words.append(parameter.name + ("" if value is True else f" {as_typed(value)}"))
    return ", ".join(words)


def _matrix_bytes(found: Explanation, op: Op, path: str, _: ExplainOptions) -> bytes:
    return array_bytes(_weights(found, f"--save-matrix {path}"))


def _moving_bytes(found: Explanation, op: Op, path: str, options: ExplainOptions) -> bytes:
    title = setting_of(found.step.op)
    return animation.render_animation(
        _trace(found),
        ending(path),
        title=title,
        view=options.view,
        delay=options.delay or animation.STEP_TIME,
        cell=options.cell,
    )


def _plot_bytes(found: Explanation, op: Op, path: str, _: ExplainOptions) -> bytes:
    weights, trace = _weights(found, f"--plot {path}"), _trace(found)
    title = f"{found.matrix_title} of {setting_of(found.step.op)}"
    sides = (trace.input.shape[1:], trace.output.shape[1:])
    return matrix_plot.matrix_plot(weights, *sides, ending(path), title=title)


def _overlap_bytes(found: Explanation, op: Op, path: str, _: ExplainOptions) -> bytes:
    _weights(found, f"--plot-overlap {path}")  # or there is nothing to sum
    trace = _trace(found)
    sums = weight_sums(trace)
    assert sums is not None
    title = f"sums of the weights of {setting_of(found.step.op)}"
    return overlap_plot(as_planes(sums), ending(path), title=title)


def _page_bytes(found: Explanation, op: Op, path: str, options: ExplainOptions) -> bytes:
    reading = options.form.file.reading()
    return page_of_layer(PageSource(op, options.input, reading, options.vary), found)


def _trace(found: Explanation) -> Trace:
    """Return the trace; raise InputError where the input is too large for one."""
    if found.trace is None:
        reason = f"more than {MOST_TRACED} values, or {MOST_LINKS} pairs, are not looked at"
        raise InputError(reason, hint="give a smaller --input", code="too_large")
    return found.trace


def _weights(found: Explanation, asked: str) -> NDArray[Any]:
    weights = _trace(found).weights
    if weights is None:
        name = f"{found.step.op.command} --mode {found.step.op.mode}".removesuffix(" --mode ")
        raise InputError(
            f"{name} is no matrix, its results are no weighted sums",
            subject=asked,
            hint="--animate OUT and -o PAGE.html show what it reads",
        )
    return weights


@dataclass(frozen=True)
class Maker:
    """A file that can be made: the endings that it may have, and its bytes."""

    endings: tuple[str, ...]
    data: Callable[[Explanation, Op, str, ExplainOptions], bytes]


MAKERS = {
    "--save-matrix": Maker((ARRAY_ENDING,), _matrix_bytes),
    "--plot": Maker(tuple(matrix_plot.SETTINGS), _plot_bytes),
    "--plot-overlap": Maker(tuple(matrix_plot.SETTINGS), _overlap_bytes),
    "--animate": Maker(tuple(MOVING_FORMATS), _moving_bytes),
    "--output": Maker(PAGE_ENDINGS, _page_bytes),
}


def _targets(options: ExplainOptions) -> dict[str, str]:
    """Return the files to make by option."""
    paths = (
        *(options.save_matrix, options.plot, options.plot_overlap, options.animate),
        options.output,
    )
    return {name: path for name, path in zip(MAKERS, paths, strict=True) if path is not None}


def check_files(op: Op, options: ExplainOptions) -> None:
    """Raise UsageError for a file that cannot be made, or would take the place of another."""
    read = [*read_files(Pipeline((op,))), *named_files(("--input", options.input))]
    check_apart(named_files(*_targets(options).items()), read)
    for name, path in _targets(options).items():
        if ending(path) not in MAKERS[name].endings:
            endings = ", ".join(MAKERS[name].endings)
            raise UsageError(f"must end in {endings}", subject=f"{name} {path}")
        check_free(path, options.if_exists)
    moving = {"--view": options.view, "--delay": options.delay, "--cell": options.cell}
    for name, given in moving.items():
        if given is not None and options.animate is None:
            raise UsageError("goes with --animate", subject=name)
    if options.vary and options.output is None:
        raise UsageError("goes with --output PAGE.html", subject="--vary")


def write_files(found: Explanation, op: Op, options: ExplainOptions) -> None:
    """Write the files that were asked for; they are all made before one is written."""
    targets = _targets(options)
    made = {path: MAKERS[name].data(found, op, path, options) for name, path in targets.items()}
    for path, data in made.items():
        write_single(path, data, options.if_exists)
