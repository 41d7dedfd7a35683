"""Which files are compared with which: two that were named, or those of one path in two folders."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from updown_cli.batch.inputs import STDIN, Selection, Source
from updown_cli.errors import InputError, UsageError
from updown_cli.stores.names import is_folder
from updown_cli.stores.spelling import joined, real

#: Ending of the picture of a difference below a folder, added to the path of what was compared.
DIFF_ENDING = ".png"


@dataclass(frozen=True)
class Pair:
    """Two files; None in the place of one that is not there, or `diff` if none is to be made.

    `refused` says of folders why they could not be entered.
    """

    name: str
    a: str | None
    b: str | None
    diff: str | None = None
    is_named: bool = True
    refused: Mapping[str, InputError] = field(default_factory=dict, compare=False)


def find_pairs(a: str, b: str, selection: Selection, diff: str | None) -> list[Pair]:
    """Return what is to be compared, in order; raise UsageError for a folder against a file.

    `selection` says which files of folders count. Differences of folders go into a folder `diff`.
    """
    if a == b == STDIN:
        raise UsageError("standard input can be read but once", subject=f"{a}, {b}")
    folders = [is_folder(path) for path in (a, b)]
    if not any(folders):
        return [Pair(f"{a}, {b}", a, b, diff)]
    if not all(folders):
        raise UsageError("a folder and a file", subject=f"{a}, {b}")
    if diff is not None and real(diff) in (real(a), real(b)):
        raise UsageError("is an input", subject=f"--diff {diff}")
    ours, theirs = (_below(path, selection, diff) for path in (a, b))
    names = sorted(ours.keys() | theirs.keys(), key=lambda name: name.split(os.sep))
    if not names:
        hint = "" if selection.recurse else "-r goes into folders"
        raise UsageError("no files to compare", subject=f"{a}, {b}", hint=hint)
    return [
        Pair(
            name,
            _path(name, a, ours, theirs),
            _path(name, b, theirs, ours),
            _below_diff(diff, name),
            is_named=False,
            refused={
                source.path: source.refusal
                for source in (ours.get(name), theirs.get(name))
                if source and source.refusal
            },
        )
        for name in names
    ]


def _below(folder: str, selection: Selection, diff: str | None) -> dict[str, Source]:
    """Return the files of a folder by relative path."""
    found = replace(selection, paths=(folder,), allow_empty=True).sources(diff)
    return {source.relative: source for source in found}


def _path(name: str, folder: str, mine: dict[str, Source], others: dict[str, Source]) -> str | None:
    """Return a file of a folder, None if it has none; of a closed folder's twin the folder."""
    if name in mine:
        return mine[name].path
    return joined(folder, name) if others[name].refusal else None


def _below_diff(diff: str | None, name: str) -> str | None:
    return None if diff is None else joined(diff, name + DIFF_ENDING)
