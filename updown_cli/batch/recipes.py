"""Recipes in files: the paths in them are relative to the recipe, and what they name is checked."""

from __future__ import annotations

import hashlib
import json
import os

from updown_cli.batch.if_exists import exists_error, names_like
from updown_cli.errors import InputError, UpdownError, UsageError, shortened
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.recipes import Recipe, recipe_from_json
from updown_cli.stores.names import exists, open_regular
from updown_cli.stores.save import check_folder, save, save_new
from updown_cli.stores.spelling import folder_of, is_url, joined, without_secrets
from updown_cli.tensors.json_files import read_json

# A thousand steps with every parameter take a third of it.
LARGEST = 1 << 20
TOO_LARGE = f"larger than {LARGEST >> 20} MiB, no recipe"


def check_recipe(path: str, if_exists: str) -> None:
    """Raise UsageError for a file of another kind, or that exists unless something is said of it.

    Raises SurroundingsError for a folder that is not there.
    """
    if not path.endswith(".json"):
        raise UsageError("must end in .json", subject=f"--save-recipe {path}")
    check_folder(path)
    if if_exists == "error" and exists(path):
        raise _exists(path)


def write_recipe(path: str, pipeline: Pipeline, if_exists: str) -> None:
    """Write the steps of a pipeline to a file; raise UsageError as `check_recipe`."""
    check_recipe(path, if_exists)
    folder = folder_of(path)
    recipe = Recipe.of(pipeline, digest).with_paths(
        lambda file: _relative_path(file, os.curdir, folder)
    )
    data = (json.dumps(recipe.to_json(), indent=2, allow_nan=False) + "\n").encode()
    if if_exists in ("overwrite", "update"):
        save(path, data)
        return
    names = names_like(path) if if_exists == "rename" else [path]
    if not any(save_new(name, data) for name in names) and if_exists != "skip":
        raise _exists(path)


def _exists(path: str) -> UsageError:
    return UsageError("exists", subject=path, hint=exists_error(path).hint)


def read_recipe(path: str) -> Pipeline:
    """Return the pipeline of a recipe; raise UsageError for what is none, or has changed."""
    try:
        folder = folder_of(path)
        recipe = recipe_from_json(read_json(path, LARGEST, TOO_LARGE)).with_paths(
            lambda file: _relative_path(file, folder, os.curdir)
        )
        _check_digests(recipe)
        return recipe.pipeline()
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


def _check_digests(recipe: Recipe) -> None:
    for file in recipe.unchecked_files():
        raise InputError("its SHA-256 is not told", subject=shortened(file), code="corrupt")
    for file, expected in recipe.files.items():
        try:
            actual = digest(file)
        except InputError as error:
            raise InputError(error.reason, subject=shortened(file), code=error.code) from None
        if actual != expected:
            raise InputError(
                "has changed since the recipe was written",
                subject=shortened(file),
                hint="restore it, or write the recipe anew",
            )


def _relative_path(path: str, old: str, new: str) -> str:
    """Return a path that is relative to one folder relative to another."""
    if not path or os.path.isabs(path) or is_url(path):
        return without_secrets(path)
    found = joined(old, path)
    if is_url(found):
        return found
    return os.path.abspath(found) if is_url(new) else os.path.relpath(found, new or os.curdir)
