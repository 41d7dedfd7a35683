"""The picture that `updown doctor -o` makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.batch.naming import STDOUT
from updown_cli.doctor.examine import AXES_NAMES
from updown_cli.errors import UsageError
from updown_cli.files.formats import ending
from updown_cli.op.shape import by_x

if TYPE_CHECKING:
    from updown_cli.doctor.examine import Examination

#: The endings that the picture may have.
ENDINGS = (".png", ".webp")


def check_plot(path: str, *, as_json: bool) -> None:
    """Raise UsageError for a picture that cannot be made."""
    if path == STDOUT:
        if as_json:
            raise UsageError("both write to standard output", subject="--json, -o -")
        raise UsageError("takes the name of a file", subject="-o -")
    if ending(path) not in ENDINGS:
        raise UsageError(f"must end in {', '.join(ENDINGS)}", subject=f"-o {path}")


def plot_bytes(found: Examination, path: str) -> bytes:
    """Return the picture of the kernels and responses of an examination."""
    from updown_cli.figures.kernel_plot import Curve, kernel_plot

    kernels, responses = [], []
    for name, kernel, spectrum in zip(AXES_NAMES, found.kernels, found.spectra, strict=True):
        kernels.append(Curve(name, *kernel.curve()))
        responses.append(Curve(name, spectrum.frequencies / spectrum.limit, spectrum.response))
    title = f"{found.name}: {by_x(found.rig.size)} becomes {by_x(found.rig.out)}"
    return kernel_plot(title, kernels, responses, ending(path))
