"""The files that go with results: positions, sheets, steps of a chain, stages of a block."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from updown_cli.batch.inputs import Source
from updown_cli.batch.naming import (
    COMPANIONS,
    STAGES,
    companion_pattern,
    fill_template,
    stages_pattern,
)
from updown_cli.batch.settings import Settings
from updown_cli.errors import UsageError
from updown_cli.op.array_names import names_file, split_key
from updown_cli.op.base import Op
from updown_cli.op.param_types import Text
from updown_cli.op.parameter import option_name
from updown_cli.op.pool_indices import is_index_name
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.unpool_pairing import kept_names

#: The parameters that name a file which is written beside each result.
WRITTEN = tuple(name for name, companion in COMPANIONS.items() if companion.written)


@dataclass(frozen=True)
class SideFiles:
    """The templates of the files that go with every result of a run."""

    pipeline: Pipeline
    ending: str
    companions: dict[str, str]
    steps: list[str]
    stages: str | None

    @classmethod
    def of(cls, pipeline: Pipeline, settings: Settings, *, several: bool) -> SideFiles:
        """Return the templates that parameters and settings ask for."""
        return cls(
            pipeline,
            "." + settings.steps_format,
            companion_patterns(pipeline, several=several),
            step_patterns(pipeline, settings),
            stage_pattern(pipeline, several=several),
        )

    @property
    def patterns(self) -> list[str]:
        """Every template."""
        stages = [] if self.stages is None else [self.stages]
        return [*self.companions.values(), *self.steps, *stages]

    def named(self, source: Source, **values: Any) -> dict[str, Any]:
        """Return the files of one source, as fields of its Job."""
        files: dict[str, Any] = {}
        for name, text in self.companions.items():
            companion = COMPANIONS[name]
            ext = companion.ending or source.ending
            files[companion.field] = fill_template(
                text, source, ext=ext, op=self.pipeline.name, **values
            )
        files["steps"] = tuple(
            fill_template(text, source, ext=self.ending, op=op.command, **values)
            for text, op in zip(self.steps, self.pipeline.ops, strict=False)
        )
        if self.stages is not None:
            folder = fill_template(self.stages, source, ext="", op=self.pipeline.name, **values)
            names = self.pipeline.stage_names
            files["stages"] = tuple(os.path.join(folder, name) for name in names)
        return files


def prints_indices(pipeline: Pipeline) -> bool:
    """Return whether positions are part of the report."""
    return any(getattr(op, "print_indices", False) for op in pipeline.ops)


def saves_indices(op: Op) -> bool:
    """Whether a pool saves its positions to a file."""
    given = getattr(op, "save_indices", None)
    return given is not None and not is_index_name(given)


def companion_patterns(pipeline: Pipeline, *, several: bool) -> dict[str, str]:
    """Return the templates of the files that parameters name for each result."""
    found: dict[str, str] = {}
    kept = kept_names(pipeline.ops)
    for number, op in enumerate(pipeline.ops, 1):
        for name, companion in COMPANIONS.items():
            given = getattr(op, name, None)
            if given is None or is_index_name(given) or (name == "indices" and given in kept):
                continue
            if companion.field in {COMPANIONS[other].field for other in found}:
                reason = f"another step has a {companion.what} already"
                subject = f"{pipeline.step_name(number)}: {option_name(name)} {given}"
                raise UsageError(reason, subject=subject, hint="name them @NAME within the chain")
            found[name] = companion_pattern(given, option_name(name), companion, several=several)
    return found


def indices_file(source: Source, pipeline: Pipeline, *, several: bool) -> str | None:
    """Return the file that tells an unpool the positions for a source; None if there is none."""
    for name, text in companion_patterns(pipeline, several=several).items():
        companion = COMPANIONS[name]
        if companion.field == "indices":
            ext = companion.ending or source.ending
            return fill_template(text, source, ext=ext, op=pipeline.name, index=1)
    return None


def step_patterns(pipeline: Pipeline, settings: Settings) -> list[str]:
    """Return the templates of the files that hold the results of all steps but the last."""
    if settings.save_steps is None:
        return []
    return [
        os.path.join(settings.save_steps, "{rel}", f"{{stem}}_{number}-{{op}}{{ext}}")
        for number in range(1, len(pipeline.ops))
    ]


def stage_pattern(pipeline: Pipeline, *, several: bool) -> str | None:
    """Return the template of the folder for the stages inside operations."""
    given = (getattr(op, STAGES, None) for op in pipeline.ops)
    return next((stages_pattern(text, several=several) for text in given if text is not None), None)


def files_of(pipeline: Pipeline) -> list[str]:
    """Return the names of files that the operations read for all inputs: kernels and the like."""
    return [
        split_key(value)[0]
        for op in pipeline.ops
        for parameter in op.parameters()
        if parameter.name not in (*WRITTEN, STAGES)
        and isinstance(value := getattr(op, parameter.name), str)
        and (isinstance(parameter.kind, Text) or names_file(value))
    ]
