"""Recipes: the steps of a chain as JSON, with every parameter, so that they stay what they were.

A recipe names the files that its steps read for all inputs, with their SHA-256.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from updown_cli.errors import InputError
from updown_cli.op.array_names import names_file
from updown_cli.op.file_role import FileRole
from updown_cli.op.schema import Given, SchemaError
from updown_cli.ops import mode_from_json
from updown_cli.pipeline.pipeline import Pipeline

#: Version 1 knew files by what their names end in, and so neither moved nor checked others.
VERSION, ARRAYS_ONLY = 2, 1
VERSION_KEY = "updown_recipe"
KEYS = (VERSION_KEY, "steps", "files")

MOST_STEPS = 1000

Step = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """The steps of a chain, and the SHA-256 of each file that they read for all inputs."""

    steps: list[Step]
    files: dict[str, str]
    version: int = VERSION

    @classmethod
    def of(cls, pipeline: Pipeline, digest: Callable[[str], str]) -> Recipe:
        """Return the recipe of a pipeline; `digest` gives the SHA-256 of a file."""
        unchecked = cls(steps=pipeline.to_json(), files={})
        return replace(unchecked, files={file: digest(file) for file in unchecked.named_files()})

    def named_files(self) -> Iterator[str]:
        """Yield the files that the steps read for all inputs."""
        for step in self.steps:
            for name, role in _roles_of(step).items():
                if self._knows(step.get(name)):
                    yield from role.files_in(step.get(name))

    def unchecked_files(self) -> list[str]:
        """Return the files that are read and have no SHA-256."""
        return [file for file in self.named_files() if file not in self.files]

    def with_paths(self, move: Callable[[str], str]) -> Recipe:
        """Return the recipe with other paths of all its files."""
        files = {move(file): digest for file, digest in self.files.items()}
        return replace(
            self, steps=[self._with_files(step, move) for step in self.steps], files=files
        )

    def _with_files(self, step: Step, move: Callable[[str], str]) -> Step:
        moved = {
            name: role.with_files(step[name], move)
            for name, role in _roles_of(step).items()
            if self._knows(step.get(name))
        }
        return {**step, **moved}

    def _knows(self, value: object) -> bool:
        """Whether a recipe of this version moves and checks the files of a value."""
        return isinstance(value, str) and (self.version > ARRAYS_ONLY or names_file(value))

    def pipeline(self) -> Pipeline:
        """Return the operations; raise InputError for what none gives."""
        return Pipeline.from_json(_steps(Given(self.steps, "steps")))

    def to_json(self) -> dict[str, Any]:
        """Return the recipe as JSON."""
        return {VERSION_KEY: self.version, "steps": self.steps, "files": self.files}


def recipe_from_json(data: Any) -> Recipe:
    """Return the recipe that parsed JSON is; raise InputError for what has not its outer form."""
    version = data.get(VERSION_KEY) if isinstance(data, dict) else None
    if type(version) is not int or version < 1:
        raise InputError(f'not a recipe: it has no number "{VERSION_KEY}"', code="corrupt")
    if version > VERSION:
        raise InputError(
            f"is a recipe of version {version}, this updown knows up to {VERSION}",
            hint="update updown",
        )
    members = Given(data).table(KEYS)
    files = members["files"].table() if "files" in members else {}
    return Recipe(
        steps=[step.value for step in _steps(Given(data).member("steps")) if step.table()],
        files={file: _digest(given) for file, given in files.items()},
        version=version,
    )


def _steps(given: Given) -> list[Given]:
    return given.entries("operations", 1, MOST_STEPS)


def _digest(given: Given) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", given.text()):
        raise given.error("must be a SHA-256")
    return given.text().lower()


def _roles_of(step: Step) -> dict[str, FileRole]:
    """Return the roles of the parameters that name files for all inputs, by name."""
    try:
        parameters = mode_from_json(Given(step)).parameters()
    except SchemaError:  # the pipeline tells why
        return {}
    return {p.name: p.file for p in parameters if p.file is not None and p.file.shared}
