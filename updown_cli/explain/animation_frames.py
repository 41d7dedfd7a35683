"""A layer at work, step by step, from its output's or its input's point of view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.errors import ParameterError
from updown_cli.explain.cell_grid_model import as_planes
from updown_cli.explain.gathering import animate_gathering
from updown_cli.explain.scattering import animate_scattering

if TYPE_CHECKING:
    from updown_cli.explain.animation_steps import Animation
    from updown_cli.explain.traces import Trace


def animation_of(trace: Trace, view: str | None = None) -> Animation:
    """Return the steps of a view, or of the one that suits the layer.

    Raises InputError for more sides or steps than can be shown, and ParameterError for `scatter`
    where output values are no weighted sums.
    """
    as_planes(trace.input)  # refuses three sides
    if view is None:
        scatters = trace.op.scatters and trace.weights is not None
        view = "scatter" if scatters else "gather"
    if view == "gather":
        return animate_gathering(trace)
    if trace.weights is None:
        raise ParameterError("its values are no weighted sums", subject="--view scatter")
    return animate_scattering(trace, trace.weights)
