"""The files that go with results: what operations leave, steps of a chain, stages of a block."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from updown_cli.batch.inputs import Source
from updown_cli.batch.naming import companion_pattern, fill_template, stages_pattern
from updown_cli.batch.settings import Settings
from updown_cli.errors import UsageError
from updown_cli.op.file_role import FileRole
from updown_cli.op.parameter import option_name
from updown_cli.op.pool_indices import is_index_name
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.unpool_pairing import kept_names


@dataclass(frozen=True, slots=True)
class SideFile:
    """A file that goes with a result: the parameter that asks for it, what it is, and its path."""

    asked_by: str
    what: str
    path: str


@dataclass(frozen=True)
class Companion:
    """A parameter that names a file for each input: a template of its name."""

    name: str
    role: FileRole
    pattern: str

    def path(self, source: Source, **values: Any) -> str:
        """Return the file for one source; without an ending of its own it has the source's."""
        ext = self.role.ending or source.ending
        return fill_template(self.pattern, source, ext=ext, **values)


@dataclass(frozen=True)
class SideFiles:
    """The templates of the files that go with every result of a run."""

    pipeline: Pipeline
    ending: str
    companions: list[Companion]
    steps: list[str]
    stages: Companion | None

    @classmethod
    def of(cls, pipeline: Pipeline, settings: Settings, *, several: bool) -> SideFiles:
        """Return the templates that parameters and settings ask for."""
        return cls(
            pipeline,
            "." + settings.steps_format,
            companions(pipeline, several=several),
            step_patterns(pipeline, settings),
            _stages(pipeline, several=several),
        )

    @property
    def patterns(self) -> list[str]:
        """Every template."""
        stages = [] if self.stages is None else [self.stages]
        return [*(found.pattern for found in (*self.companions, *stages)), *self.steps]

    @property
    def makes_folders(self) -> bool:
        """Whether folders may have to be made for them."""
        named = any("{" in companion.pattern for companion in self.companions)
        return named or self.stages is not None

    def named(self, source: Source, **values: Any) -> dict[str, Any]:
        """Return the files of one source, as fields of its Job."""
        if not self.patterns:
            return {}
        name = self.pipeline.name
        paths = [(found, found.path(source, op=name, **values)) for found in self.companions]
        told = [path for found, path in paths if found.role.use == "read"]
        return {
            "told": told[0] if told else None,
            "writes": tuple(
                SideFile(found.name, found.role.what, path)
                for found, path in paths
                if found.role.use == "write"
            ),
            "steps": tuple(
                fill_template(text, source, ext=self.ending, op=op.command, **values)
                for text, op in zip(self.steps, self.pipeline.ops, strict=False)
            ),
            "stages": tuple(self._stage_files(source, **values)),
        }

    def _stage_files(self, source: Source, **values: Any) -> Iterator[SideFile]:
        """Yield the files of the stages inside operations, without ending."""
        if self.stages is None:
            return
        name, what = self.stages.name, self.stages.role.what
        ops = self.pipeline.name
        folder = fill_template(self.stages.pattern, source, ext="", op=ops, **values)
        for stage in self.pipeline.stage_names:
            yield SideFile(name, what, os.path.join(folder, stage))


def printing_options(pipeline: Pipeline) -> list[str]:
    """Return the names of the parameters that ask for something on standard output."""
    return [
        parameter.name
        for op in pipeline.ops
        for parameter in op.parameters()
        if parameter.prints and getattr(op, parameter.name)
    ]


def companions(pipeline: Pipeline, *, several: bool) -> list[Companion]:
    """Return the parameters that name a file for each result.

    Raises UsageError where two steps read, or write, one of a kind.
    """
    found: dict[str, Companion] = {}
    for number, name, given, role in _of_each_input(pipeline):
        if role.use == "fill":
            continue
        kind = "read" if role.use == "read" else name
        if kind in found:
            reason = f"another step has a {role.what} already"
            subject = f"{pipeline.step_name(number)}: {option_name(name)} {given}"
            raise UsageError(reason, subject=subject, hint="name them @NAME within the chain")
        pattern = companion_pattern(given, option_name(name), role, several=several)
        found[kind] = Companion(name, role, pattern)
    return list(found.values())


def written_names(pipeline: Pipeline) -> list[str]:
    """Return the names of the parameters that ask for a file, or a folder, beside each result."""
    return [name for _, name, _ in written_parameters(pipeline)]


def written_parameters(pipeline: Pipeline) -> Iterator[tuple[int, str, str]]:
    """Yield (step, parameter, text) of the parameters that ask for something beside each result."""
    for number, name, given, role in _of_each_input(pipeline):
        if role.use != "read":
            yield number, name, given


def _of_each_input(pipeline: Pipeline) -> Iterator[tuple[int, str, str, FileRole]]:
    """Yield (step, parameter, text, role) of the parameters that name files for each input."""
    kept = kept_names(pipeline.ops)
    for number, op in enumerate(pipeline.ops, 1):
        for parameter in op.parameters():
            role, given = parameter.file, getattr(op, parameter.name)
            if role is None or not role.each_input or given is None:
                continue
            within = is_index_name(given) or (role.use == "read" and given in kept)
            if not (role.or_kept and within):
                yield number, parameter.name, given, role


def told_file(source: Source, pipeline: Pipeline, *, several: bool = False) -> str | None:
    """Return the file that tells a step something of one source; None if there is none."""
    found = companions(pipeline, several=several)
    paths = (one.path(source, op=pipeline.name, index=1) for one in found if one.role.use == "read")
    return next(paths, None)


def step_patterns(pipeline: Pipeline, settings: Settings) -> list[str]:
    """Return the templates of the files that hold the results of all steps but the last."""
    if settings.save_steps is None:
        return []
    return [
        os.path.join(settings.save_steps, "{rel}", f"{{stem}}_{number}-{{op}}{{ext}}")
        for number in range(1, len(pipeline.ops))
    ]


def _stages(pipeline: Pipeline, *, several: bool) -> Companion | None:
    """Return the template of the folder for the stages inside operations."""
    return next(
        (
            Companion(name, role, stages_pattern(given, several=several))
            for _, name, given, role in _of_each_input(pipeline)
            if role.use == "fill"
        ),
        None,
    )


def files_of(pipeline: Pipeline) -> list[str]:
    """Return the names of files that the operations read for all inputs: kernels and the like."""
    return [
        file
        for op in pipeline.ops
        for parameter in op.parameters()
        if parameter.file is not None and parameter.file.shared
        for file in parameter.file.files_in(getattr(op, parameter.name))
    ]
