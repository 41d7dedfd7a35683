"""What a job makes, written as --if-exists says."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.batch.if_exists import exists_error, names_like
from updown_cli.batch.intermediate_files import stage_files
from updown_cli.batch.naming import STDOUT
from updown_cli.batch.settings import Settings
from updown_cli.batch.side_files import saves_indices
from updown_cli.batch.targets import Job
from updown_cli.figures.projection_sheet import projection_sheet_bytes
from updown_cli.files.formats import ending
from updown_cli.files.save import Parts, make_folder, save, save_new
from updown_cli.files.write import encode
from updown_cli.op.base import Op
from updown_cli.ops.pool.kept_indices import KeepsIndices
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.step_errors import in_step
from updown_cli.tensors.pool_index_files import pool_index_bytes

if TYPE_CHECKING:
    from updown_cli.engine.results import Result
    from updown_cli.files.picture import Picture


def pool_that(wanted: Callable[[Op], bool], pipeline: Pipeline) -> KeepsIndices:
    """Return the first pool of a pipeline of which something is true."""
    pools = (op for op in pipeline.ops if isinstance(op, KeepsIndices))
    return next(op for op in pools if wanted(op))


@dataclass(frozen=True)
class Shelf:
    """Where the results of a pipeline go."""

    pipeline: Pipeline
    settings: Settings

    def put(self, job: Job, picture: Picture, result: Result, data: Parts) -> str:
        """Write what a job makes and return where the result, whose file is `data`, is."""
        stages = [*stage_files(job.stages, result.stages, picture, self.settings)]
        steps = [*self._steps(job, picture, result)]
        if job.makes_folders:
            for path in job.outputs:
                make_folder(os.path.dirname(path) or ".")
        for path, content in steps:
            make_folder(os.path.dirname(path) or ".")
            self._write(path, content)
        if job.save_indices is not None:
            pool = pool_that(saves_indices, self.pipeline)
            found = result.positions(pool.save_indices)
            self._write(job.save_indices, pool_index_bytes(found, pool.index_format))
        for path, content in stages:
            self._write(path, content)
        if job.sheet is not None:
            self._write(job.sheet, projection_sheet_bytes(result.findings[0]))
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
