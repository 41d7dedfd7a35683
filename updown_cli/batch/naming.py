"""What `-o` means: a file, a folder, a template, or standard output."""

from __future__ import annotations

import os
import string
from typing import Any

from updown_cli.batch.archive_names import archive_named, check_no_archive
from updown_cli.batch.inputs import Source
from updown_cli.errors import UsageError
from updown_cli.files.formats import ARRAY_ENDING, WRITABLE, check_writable, ending
from updown_cli.files.npz import is_archive
from updown_cli.op.file_role import FileRole
from updown_cli.op.meant import nearest_name
from updown_cli.stores.names import is_folder
from updown_cli.stores.spelling import folder_of, joined, normal

STDOUT = "-"
FIELDS = ("dir", "rel", "stem", "ext", "op", "index", "width", "height", "frame")
SIZE_FIELDS = ("width", "height")
FRAME_FIELD = "frame"

BESIDE = "{dir}/{stem}_{op}{ext}"
INTO = "{rel}/{stem}{ext}"


def result_pattern(output: str | None, *, several: bool, stdin: bool) -> str:
    """Return what -o means as a template; a file's name has no fields."""
    if output is None:
        return STDOUT if stdin and not several else BESIDE
    archive = archive_named(output, several=several)
    if archive is not None:
        return archive.target(archive.member)
    if output == STDOUT or "{" in output:
        return output
    if _is_folder(output):
        return joined(output, INTO)
    if several and ending(output) not in WRITABLE:
        check_no_archive(output)
        return joined(output, INTO)
    check_writable(output, or_folder=True)
    return output


def companion_pattern(given: str, option: str, role: FileRole, *, several: bool) -> str:
    """Return what the name of a file beside the result means as a template."""
    if "{" in given:
        return given
    if _is_folder(given):
        return joined(given, INTO)
    if several:
        raise UsageError(
            f"one {role.what} for several inputs",
            subject=f"{option} {given}",
            hint=f"name a folder, or a template like {{stem}}{role.ending or '{ext}'}",
        )
    return given


def stages_pattern(given: str, *, several: bool) -> str:
    """Return what the folder of stages means as a template; several inputs have a folder each."""
    if "{" in given or not several:
        return given
    return joined(given, "{rel}/{stem}")


def _is_folder(path: str) -> bool:
    return path.endswith("/") or is_folder(path)


def fixed_folder(pattern: str) -> str | None:
    """Return the folder that holds every result of a template, None for the inputs' own.

    What lies beside an archive has nothing to do with it.
    """
    if archive_named(pattern, several=True) is not None:
        return None
    fixed = pattern.partition("{")[0]
    return folder_of(fixed) or None


def fields_of(pattern: str) -> set[str]:
    """Return the names of a template's fields; raise UsageError for one that there is not."""
    try:
        names = {name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None}
    except ValueError:
        raise UsageError(
            "is no template", subject=pattern, hint="fields look like {stem}"
        ) from None
    for name in sorted(names - set(FIELDS)):
        hint = nearest_name(name, FIELDS).removeprefix("; ") or f"there are {', '.join(FIELDS)}"
        raise UsageError(f"unknown field {{{name}}}", subject=pattern, hint=hint)
    return names


def result_ending(source: Source, fmt: str | None) -> str:
    """Return the ending of a result whose name comes from its source."""
    if fmt is not None:
        return "." + fmt
    if is_archive(source.path):
        return ARRAY_ENDING
    suffix = source.ending
    return suffix if suffix.lower() in WRITABLE else ".png"


def fill_template(pattern: str, source: Source, **values: Any) -> str:
    """Return a template with the facts of one source."""
    if "{" not in pattern:
        return pattern
    rel, name = os.path.split(source.relative)
    try:
        filled = pattern.format(
            dir=folder_of(source.path) or ".",
            rel=rel or ".",
            stem=os.path.splitext(name)[0],
            **values,
        )
    except (ValueError, KeyError, IndexError):
        raise UsageError(
            "is no template", subject=pattern, hint="fields look like {stem}"
        ) from None
    return normal(filled)
