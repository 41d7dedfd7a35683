"""The files that go with results: positions of maxima, results of steps, and kernels."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from updown_cli.batch.inputs import Source
from updown_cli.batch.naming import fill, positions_pattern
from updown_cli.batch.settings import Settings
from updown_cli.errors import UsageError
from updown_cli.ops.base import Op, option_name
from updown_cli.ops.kinds import Text
from updown_cli.ops.switches import is_name
from updown_cli.pipeline import Pipeline
from updown_cli.pipeline.links import kept_names

POSITIONS_ENDING = ".npz"

#: The parameters that name files of positions, or a source that tells them: what they are to a Job,
#: and their ending if it is not the input's.
POSITIONS = {
    "save_indices": ("save_indices", POSITIONS_ENDING),
    "indices": ("indices", POSITIONS_ENDING),
    "source": ("indices", None),
}


@dataclass(frozen=True)
class SideFiles:
    """The templates of the files that go with every result of a run."""

    pipeline: Pipeline
    ending: str
    positions: dict[str, str]
    steps: list[str]

    @classmethod
    def of(cls, pipeline: Pipeline, settings: Settings, *, several: bool) -> SideFiles:
        """Return the templates that parameters and settings ask for."""
        positions = position_patterns(pipeline, several=several)
        steps = step_patterns(pipeline, settings)
        return cls(pipeline, "." + settings.steps_format, positions, steps)

    def named(self, source: Source, **values: Any) -> dict[str, Any]:
        """Return the files of one source, as fields of its Job."""
        files: dict[str, Any] = {}
        for name, text in self.positions.items():
            kind, suffix = POSITIONS[name]
            ext = suffix or source.ending
            files[kind] = fill(text, source, ext=ext, op=self.pipeline.name, **values)
        files["steps"] = tuple(
            fill(text, source, ext=self.ending, op=op.command, **values)
            for text, op in zip(self.steps, self.pipeline.ops, strict=False)
        )
        return files


def prints_indices(pipeline: Pipeline) -> bool:
    """Return whether positions are part of the report."""
    return any(getattr(op, "print_indices", False) for op in pipeline.ops)


def saves_indices(op: Op) -> bool:
    """Whether a pool saves its positions to a file."""
    given = getattr(op, "save_indices", None)
    return given is not None and not is_name(given)


def position_patterns(pipeline: Pipeline, *, several: bool) -> dict[str, str]:
    """Return the templates of the files that hold positions or tell them."""
    found: dict[str, str] = {}
    kept = kept_names(pipeline.ops)
    for number, op in enumerate(pipeline.ops, 1):
        for name in POSITIONS:
            given = getattr(op, name, None)
            if given is None or is_name(given) or (name == "indices" and given in kept):
                continue
            if POSITIONS[name][0] in {POSITIONS[other][0] for other in found}:
                reason = "another step has a file of positions already"
                subject = f"{pipeline.step_name(number)}: {option_name(name)} {given}"
                raise UsageError(reason, subject=subject, hint="name them @NAME within the chain")
            found[name] = positions_pattern(given, option_name(name), several=several)
    return found


def indices_of(source: Source, pipeline: Pipeline, *, several: bool) -> str | None:
    """Return the file that tells an unpool the positions for a source; None if there is none."""
    for name, text in position_patterns(pipeline, several=several).items():
        kind, suffix = POSITIONS[name]
        if kind == "indices":
            return fill(text, source, ext=suffix or source.ending, op=pipeline.name, index=1)
    return None


def step_patterns(pipeline: Pipeline, settings: Settings) -> list[str]:
    """Return the templates of the files that hold the results of all steps but the last."""
    if settings.save_steps is None:
        return []
    return [
        os.path.join(settings.save_steps, "{rel}", f"{{stem}}_{number}-{{op}}{{ext}}")
        for number in range(1, len(pipeline.ops))
    ]


def files_of(pipeline: Pipeline) -> list[str]:
    """Return the names of files that the operations read for all inputs: kernels and the like."""
    return [
        value
        for op in pipeline.ops
        for parameter in op.parameters()
        if isinstance(parameter.kind, Text)
        and parameter.name != "save_indices"
        and (value := getattr(op, parameter.name)) is not None
    ]
