"""What the user named as input, as files: folders walked, globs matched, lists read."""

from __future__ import annotations

import fnmatch
import glob
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from updown_cli.batch.brace_ranges import BRACES, expand_ranges
from updown_cli.batch.foreign import is_foreign
from updown_cli.batch.globs import glob_expression
from updown_cli.batch.name_list import STDIN, read_names
from updown_cli.errors import LONGEST_PATH, InputError, UsageError
from updown_cli.stores.names import exists, is_folder, store_of
from updown_cli.stores.spelling import (
    absolute,
    below_server,
    folder_of,
    last_name,
    normal,
    real,
    relative,
)

__all__ = ["STDIN", "Selection", "Source", "in_shard", "walk"]


@dataclass(frozen=True, slots=True)
class Source:
    """One input: its path, and the folder below which it was found, if it was not named.

    A folder that cannot be entered is an input too, with its `refusal`. Of a list's file `tree` is
    the folder below which its path is kept.
    """

    path: str
    root: str | None = None
    refusal: InputError | None = None
    tree: str | None = None

    @property
    def is_stdin(self) -> bool:
        """Whether the bytes come from standard input."""
        return self.path == STDIN

    @property
    def is_named(self) -> bool:
        """Whether the user named this very file."""
        return self.root is None

    def is_left_out(self, error: InputError) -> bool:
        """Whether it is no failure that this cannot be read: folders hold other things too."""
        return not self.is_named and is_foreign(self.path, error)

    def check(self) -> None:
        """Raise InputError for a folder that cannot be entered."""
        if self.refusal is not None:
            raise self.refusal

    @property
    def keeps_tree(self) -> bool:
        """Whether its result has a place of its own below the folder of results."""
        return self.root is not None or self.tree is not None

    @property
    def is_unmatched(self) -> bool:
        """Whether it is a glob that matches nothing."""
        return self.is_named and self.refusal is not None

    @property
    def relative(self) -> str:
        """Path below the folder that was named; the name alone for a file that was named."""
        root = self.root if self.tree is None else self.tree
        if root is not None:
            return relative(self.path, root)
        return "stdin" if self.is_stdin else last_name(self.path)

    @property
    def stem(self) -> str:
        """File name without ending."""
        return os.path.splitext(os.path.basename(self.relative))[0]

    @property
    def ending(self) -> str:
        """Ending of the file name, as written."""
        return os.path.splitext(self.relative)[1]


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which files are inputs."""

    paths: tuple[str, ...] = ()
    recurse: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    files_from: str | None = None
    null_separated: bool = False
    tree: str | None = None
    allow_empty: bool = False

    def sources(self, output_folder: str | None = None) -> list[Source]:
        """Return the inputs in order, without what lies in the folder of the results.

        Raises UsageError where nothing is found, unless that is allowed, or the list cannot be
        read.
        """
        own = output_folder and real(output_folder)
        listed = self._listed()
        found = [source for name in self.paths for source in self._found(name, own)]
        found += [self._in_tree(source) for name in listed for source in self._found(name, own)]
        wanted = found
        if self.include or self.exclude:
            wanted = [source for source in found if source.is_named or self._wanted(source)]
        if all(source.is_unmatched for source in wanted):
            if not self.allow_empty:
                raise self._nothing([*self.paths, *listed])
            return []
        once = {absolute(source.path): source for source in reversed(wanted)}
        return [*reversed(once.values())]  # a file that was named twice is one input

    def _in_tree(self, source: Source) -> Source:
        """Return a source of the list with the folder below which its path is kept."""
        if self.tree is None or source.is_stdin:
            return source
        placed = replace(source, tree=self.tree)
        if placed.relative.split(os.sep)[0] == os.pardir:
            raise UsageError("is not below it", subject=f"--root {self.tree}: {source.path}")
        return placed

    def _nothing(self, named: list[str]) -> UsageError:
        """Return why nothing is found in what was named."""
        if not named and self.files_from is not None:
            return UsageError("holds no names", subject=f"--files-from {self.files_from}")
        if not named:
            return UsageError("no input", hint="name files, folders, or - for standard input")
        subject = named[0] + (f" and {len(named) - 1} more" if len(named) > 1 else "")
        if not all(map(is_folder, named)):
            return UsageError("matches no file", subject=subject)
        reason = "no files" + " that --include and --exclude leave" * bool(
            self.include or self.exclude
        )
        goes_deeper = not self.recurse and any(store_of(name).holds_folders(name) for name in named)
        return UsageError(reason, subject=subject, hint="-r goes into folders" * goes_deeper)

    def _listed(self) -> list[str]:
        if self.files_from is None:
            return []
        return read_names(self.files_from, null_separated=self.null_separated)

    def _found(self, name: str, own: str | None) -> Iterable[Source]:
        if name == STDIN:
            return [Source(name)]
        if BRACES.search(name) and not exists(name):
            return [one for each in expand_ranges(name) for one in self._found(each, own)]
        if is_folder(name):
            return walk(name, recurse=self.recurse, leave_out=own)
        path = below_server(name)  # neither a question of the web nor [::1] is a glob
        if len(name) <= LONGEST_PATH and glob.has_magic(path) and not exists(name):
            unmatched = Source(name, refusal=InputError("matches no file", code="missing"))
            return _matching(name, own) or [unmatched]
        return [Source(name)]

    def _wanted(self, source: Source) -> bool:
        names = (source.relative, last_name(source.path))
        if source.refusal is not None:  # what it holds is left out by `folder/*` as well
            return not _matches((*names, os.path.join(source.relative, "")), self.exclude)
        included = not self.include or _matches(names, self.include)
        return included and not _matches(names, self.exclude)


def _matches(names: tuple[str, ...], patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for name in names for pattern in patterns)


def _matching(pattern: str, leave_out: str | None) -> list[Source]:
    """Return the files that match; their tree is kept below the part without wildcards."""
    root = pattern
    while glob.has_magic(below_server(root)):
        root = folder_of(root)
    deep = "**" in pattern
    shape = re.compile(glob_expression(pattern))
    depth = pattern.removeprefix(root).strip("/").count("/")
    found = walk(root or ".", recurse=deep or depth > 0, leave_out=leave_out)
    named = ((normal(source.path), source) for source in found)
    return [
        Source(path, source.root, source.refusal)
        for path, source in named
        if (_leads_to(pattern, path) if source.refusal else shape.fullmatch(path))
    ]


def _leads_to(pattern: str, folder: str) -> bool:
    """Whether a file below a folder could match a glob."""
    parts, names = normal(pattern).split(os.sep), folder.split(os.sep)
    first_deep = next((at for at, part in enumerate(parts) if "**" in part), len(parts) - 1)
    depth = min(first_deep, len(names))
    head = os.sep.join(parts[:depth])
    below = "**" in parts[first_deep] or len(names) < len(parts)
    is_on_the_way = re.fullmatch(glob_expression(head), os.sep.join(names[:depth]))
    return folder == os.curdir or (below and (not head or is_on_the_way is not None))


def walk(folder: str, *, recurse: bool, leave_out: str | None) -> Iterator[Source]:
    """Yield the files below a folder in order, and then the folders that cannot be entered."""
    for found in store_of(folder).walk(folder, recurse=recurse, leave_out=leave_out):
        yield Source(found.name, folder, found.refusal)


def in_shard(source: Source, shard: tuple[int, int]) -> bool:
    """Whether a file belongs to shard I of N: by a hash of its relative path, on any machine."""
    index, count = shard
    if count == 1:
        return True
    name = os.fsencode(source.relative.replace(os.sep, "/"))
    digest = hashlib.blake2b(name, digest_size=8).digest()
    return int.from_bytes(digest) % count == index - 1
