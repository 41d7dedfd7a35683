"""Recipes: the steps of a chain in a file, with every parameter, so that they stay what they were.

A recipe names the files that its steps read, relative to itself, with their SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from typing import Any

from updown_cli.batch.if_exists import exists_error
from updown_cli.errors import InputError, UpdownError, UsageError
from updown_cli.files.save import save, save_new
from updown_cli.op.array_names import SEPARATOR, names_file, split_key
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.tensors.npy import open_regular

VERSION = 1
VERSION_KEY = "updown_recipe"
KEYS = {VERSION_KEY, "steps", "files"}

# Parameters that name a file for each input, or one that is written.
OF_EACH_INPUT = ("save_indices", "indices", "source")

# A thousand steps with every parameter take a third of it.
LARGEST = 1 << 20
MOST_STEPS = 1000

Step = dict[str, Any]


def write_recipe(path: str, pipeline: Pipeline, if_exists: str) -> None:
    """Write the steps of a pipeline to a file.

    Raises UsageError for a file that exists, unless it may be replaced.
    """
    if not path.endswith(".json"):
        raise UsageError("must end in .json", subject=f"--save-recipe {path}")
    folder = os.path.dirname(path)
    files = {
        _moved(file, os.curdir, folder): digest(file)
        for step in pipeline.to_json()
        for file in _files_of(step)
    }
    steps = [
        _with_files(step, lambda f: _moved(f, os.curdir, folder)) for step in pipeline.to_json()
    ]
    recipe = {VERSION_KEY: VERSION, "steps": steps, "files": files}
    data = (json.dumps(recipe, indent=2, allow_nan=False) + "\n").encode()
    if if_exists in ("overwrite", "update"):
        save(path, data)
    elif save_new([path], data) is None and if_exists != "skip":
        raise UsageError("exists", subject=path, hint=exists_error(path).hint)


def read_recipe(path: str) -> Pipeline:
    """Return the pipeline of a recipe; raise UsageError for what is none, or has changed."""
    try:
        recipe = _checked(_read(path))
        folder = os.path.dirname(path)
        steps = [
            _with_files(step, lambda f: _moved(f, folder, os.curdir)) for step in recipe["steps"]
        ]
        _check_digests(recipe["files"], steps, folder)
        return Pipeline.from_json(steps)
    except UpdownError as error:
        subject = f"{path}: {error.subject}" if error.subject else path
        raise UsageError(error.reason, subject=subject, hint=error.hint, code=error.code) from None


def digest(path: str) -> str:
    """Return the SHA-256 of a file."""
    result = hashlib.sha256()
    with open_regular(path) as file:
        while part := file.read(1 << 20):
            result.update(part)
    return result.hexdigest()


def _read(path: str) -> Any:
    with open_regular(path) as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InputError(f"larger than {LARGEST >> 20} MiB, no recipe", code="too_large")
    try:
        return json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise InputError("not JSON", code="corrupt") from None


def _no_number(text: str) -> Any:
    raise ValueError(text)


def _checked(recipe: Any) -> dict[str, Any]:
    """Return a recipe whose outer form is right."""
    version = recipe.get(VERSION_KEY) if isinstance(recipe, dict) else None
    if type(version) is not int or version < 1:
        raise InputError(f'not a recipe: it has no number "{VERSION_KEY}"', code="corrupt")
    if version > VERSION:
        raise InputError(
            f"is a recipe of version {version}, this updown knows up to {VERSION}",
            hint="update updown",
        )
    if unknown := sorted(recipe.keys() - KEYS):
        raise InputError(f"has an unknown entry '{unknown[0]}'", code="corrupt")
    steps, files = recipe.get("steps"), recipe.get("files", {})
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        raise InputError('"steps" must be a list of operations', code="corrupt")
    if not 1 <= len(steps) <= MOST_STEPS:
        raise InputError(f'"steps" must be 1 to {MOST_STEPS} operations', code="corrupt")
    if not isinstance(files, dict) or not all(isinstance(text, str) for text in files.values()):
        raise InputError('"files" must be SHA-256 by path', code="corrupt")
    return {"steps": steps, "files": files}


def _check_digests(files: dict[str, str], steps: list[Step], folder: str) -> None:
    known = {_moved(file, folder, os.curdir): text for file, text in files.items()}
    for step in steps:
        for file in _files_of(step):
            if file not in known:
                raise InputError(f"tells no SHA-256 of {file}", code="corrupt")
    for file, expected in known.items():
        try:
            actual = digest(file)
        except InputError as error:
            raise InputError(error.reason, subject=file, code=error.code) from None
        if actual != expected.lower():
            raise InputError(
                "has changed since the recipe was written",
                subject=file,
                hint="restore it, or write the recipe anew",
            )


def _files_of(step: Step) -> Iterator[str]:
    """Yield the files that a step reads for all inputs."""
    for name, value in step.items():
        if _is_file(name, value):
            yield split_key(value)[0]


def _is_file(name: str, value: Any) -> bool:
    return isinstance(value, str) and name not in OF_EACH_INPUT and names_file(value)


def _with_files(step: Step, moved: Callable[[str], str]) -> Step:
    """Return a step with other paths of its files."""
    return {
        name: _renamed(value, moved) if _is_file(name, value) else value
        for name, value in step.items()
    }


def _renamed(text: str, moved: Callable[[str], str]) -> str:
    file, key = split_key(text)
    return moved(file) if key is None else moved(file) + SEPARATOR + key


def _moved(path: str, old: str, new: str) -> str:
    """Return a path that is relative to one folder relative to another."""
    if os.path.isabs(path):
        return path
    return os.path.relpath(os.path.join(old, path), new or os.curdir)
