"""What `updown doctor -o` makes: a picture of kernels and responses, or a page of everything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from updown_cli.batch.naming import STDOUT
from updown_cli.cli.doctor_table import TOLD
from updown_cli.doctor.examine import AXES_NAMES
from updown_cli.errors import UsageError
from updown_cli.files.formats import PAGE_ENDINGS, ending
from updown_cli.op.shape import by_x

if TYPE_CHECKING:
    from updown_cli.doctor.examine import Examination

#: The endings that it may have.
ENDINGS = (".png", ".webp", *PAGE_ENDINGS)


def check_output(path: str, *, as_json: bool) -> None:
    """Raise UsageError for what cannot be made."""
    if path == STDOUT:
        if as_json:
            raise UsageError("both write to standard output", subject="--json, -o -")
        raise UsageError("takes the name of a file", subject="-o -")
    if ending(path) not in ENDINGS:
        raise UsageError(f"must end in {', '.join(ENDINGS)}", subject=f"-o {path}")


def output_bytes(found: Examination, path: str, broken: Sequence[str]) -> bytes:
    """Return the picture or the page of an examination; `broken` are limits that do not hold."""
    if ending(path) in PAGE_ENDINGS:
        from updown_cli.figures.doctor_page import doctor_page

        return doctor_page(found.to_json(), TOLD, broken)
    return _plot(found, path)


def _plot(found: Examination, path: str) -> bytes:
    from updown_cli.figures.curves import Curve
    from updown_cli.figures.kernel_plot import kernel_plot

    kernels, responses = [], []
    for name, kernel, spectrum in zip(AXES_NAMES, found.kernels, found.spectra, strict=True):
        kernels.append(Curve(name, *kernel.curve()))
        responses.append(Curve(name, spectrum.frequencies / spectrum.limit, spectrum.response))
    title = f"{found.name}: {by_x(found.rig.size)} becomes {by_x(found.rig.out)}"
    return kernel_plot(title, kernels, responses, ending(path))
