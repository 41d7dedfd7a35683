"""What a job makes, written as --if-exists says."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.batch.if_exists import exists_error, names_like
from updown_cli.batch.intermediate_files import stage_files
from updown_cli.batch.naming import STDOUT
from updown_cli.batch.planned_job import Job
from updown_cli.batch.settings import Settings
from updown_cli.batch.side_files import SideFile
from updown_cli.figures.artifacts import draw_artifact
from updown_cli.files.formats import ending
from updown_cli.files.save import Parts, make_folder, save, save_new
from updown_cli.files.write import encode
from updown_cli.op.artifact import Artifact
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.step_errors import in_step

if TYPE_CHECKING:
    from updown_cli.engine.results import Result
    from updown_cli.files.picture import Picture


@dataclass(frozen=True)
class Shelf:
    """Where the results of a pipeline go."""

    pipeline: Pipeline
    settings: Settings

    def put(self, job: Job, picture: Picture, result: Result, data: Parts) -> str:
        """Write what a job makes and return where the result, whose file is `data`, is."""
        steps = [*self._steps(job, picture, result)]
        left = [(side.path, _content(side, result.artifacts)) for side in job.writes]
        if job.stages:
            left += stage_files(job.stages, result.artifacts, picture, self.settings)
        if job.makes_folders:
            for path in job.outputs:
                make_folder(os.path.dirname(path) or ".")
        for path, content in steps:
            make_folder(os.path.dirname(path) or ".")
            self._write(path, content)
        for path, content in left:
            self._write(path, content)
        if job.target != STDOUT:
            return self._write(job.target, data)
        sys.stdout.buffer.writelines(data)
        sys.stdout.buffer.flush()
        return STDOUT

    def _steps(self, job: Job, picture: Picture, result: Result) -> list[tuple[str, bytes]]:
        """Return (file, content) of the results of steps."""
        layout, files = self.settings.reading.layout, []
        for number, path in enumerate(job.steps, 1):
            with in_step(self.pipeline.step_name(number)):
                files.append((path, encode(picture, result.steps[number], ending(path), layout)))
        return files

    def _write(self, path: str, data: bytes | Parts) -> str:
        """Write one file as --if-exists says, and return its name."""
        if self.settings.if_exists in ("overwrite", "update"):
            save(path, data)
            return path
        rename = self.settings.if_exists == "rename"
        name = save_new(names_like(path) if rename else [path], data)
        if name is None:
            raise exists_error(path)
        return name


def _content(file: SideFile, left: tuple[Artifact, ...]) -> bytes:
    """Return the content of a file: of the first artifact that was left for its parameter."""
    artifact = next(artifact for artifact in left if artifact.asked_by == file.asked_by)
    content = artifact.content()
    return draw_artifact(artifact) if content is None else content
