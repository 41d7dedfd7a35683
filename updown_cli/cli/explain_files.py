"""The files that `explain` makes: the matrix as numbers or as a picture, a moving picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.batch.single_file import check_free, write_single
from updown_cli.errors import InputError, UsageError
from updown_cli.explain.traces import MOST_LINKS, MOST_TRACED
from updown_cli.figures import animation, matrix_plot
from updown_cli.files.formats import ARRAY_ENDING, ending
from updown_cli.op.base import Op
from updown_cli.op.parameter import as_typed, option_name
from updown_cli.tensors.layout import array_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

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


def _matrix_bytes(found: Explanation, path: str, _: dict[str, Any]) -> bytes:
    return array_bytes(_weights(found))


def _moving_bytes(found: Explanation, path: str, values: dict[str, Any]) -> bytes:
    title = setting_of(found.step.op)
    return animation.render_animation(_trace(found), ending(path), title=title, view=values["view"])


def _plot_bytes(found: Explanation, path: str, _: dict[str, Any]) -> bytes:
    weights, trace = _weights(found), _trace(found)
    title = f"{found.matrix_title} of {setting_of(found.step.op)}"
    sides = (trace.input.shape[1:], trace.output.shape[1:])
    return matrix_plot.matrix_plot(weights, *sides, ending(path), title=title)


def _trace(found: Explanation) -> Trace:
    """Return the trace; raise InputError where the input is too large for one."""
    if found.trace is None:
        reason = f"more than {MOST_TRACED} values, or {MOST_LINKS} pairs, are not looked at"
        raise InputError(reason, hint="give a smaller --input", code="too_large")
    return found.trace


def _weights(found: Explanation) -> NDArray[Any]:
    weights = _trace(found).weights
    if weights is None:
        name = f"{found.step.op.command} --mode {found.step.op.mode}".removesuffix(" --mode ")
        raise InputError(f"{name} is no matrix: its results are no weighted sums")
    return weights


@dataclass(frozen=True)
class Maker:
    """A file that can be made: the endings that it may have, and its bytes."""

    endings: tuple[str, ...]
    data: Callable[[Explanation, str, dict[str, Any]], bytes]


MAKERS = {
    "save_matrix": Maker((ARRAY_ENDING,), _matrix_bytes),
    "plot": Maker(tuple(matrix_plot.SETTINGS), _plot_bytes),
    "animate": Maker(tuple(animation.SETTINGS), _moving_bytes),
}


def targets_of(values: dict[str, Any]) -> dict[str, str]:
    """Return the files to make by option; raise UsageError for one that cannot be made."""
    targets = {name: values[name] for name in MAKERS if values[name] is not None}
    for name, path in targets.items():
        if ending(path) not in MAKERS[name].endings:
            endings = ", ".join(MAKERS[name].endings)
            subject = f"{option_name(name)} {path}"
            raise UsageError(f"must end in {endings}", subject=subject)
        check_free(path, values["if_exists"])
    if values["view"] is not None and values["animate"] is None:
        raise UsageError("goes with --animate", subject="--view")
    return targets


def write_files(found: Explanation, targets: dict[str, str], values: dict[str, Any]) -> None:
    """Write the files that were asked for; they are all made before one is written."""
    made = {path: MAKERS[name].data(found, path, values) for name, path in targets.items()}
    for path, data in made.items():
        write_single(path, data, values["if_exists"])
