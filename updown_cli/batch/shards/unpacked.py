"""The files that members of a shard become: no two are one, and none leads out of its folder."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from updown_cli.batch.foreign import has_picture_name
from updown_cli.batch.inputs import Source
from updown_cli.batch.named_files import folded_name
from updown_cli.batch.naming import result_ending
from updown_cli.batch.planned_job import Job
from updown_cli.batch.shards.entries import Entry
from updown_cli.batch.shards.shard_run import shard_name
from updown_cli.errors import LONGEST_PATH, InputError
from updown_cli.files.formats import ending
from updown_cli.stores.spelling import CHAIN, joined

# Bytes of a name that every file system has room for.
LONGEST_NAME = 255


@dataclass
class Unpacked:
    """A shard, and the files and folders that it has become so far, by what tells them apart.

    Of each it is known how it is called, and of which member it was made.
    """

    job: Job
    format: str | None
    files: dict[str, tuple[str, str]] = field(default_factory=dict)
    folders: dict[str, tuple[str, str]] = field(default_factory=dict)

    def told(self, entry: Entry) -> str:
        """Return how a member is called where it is told of."""
        return f"{shard_name(self.job)}{CHAIN}{entry.name}"

    def target(self, entry: Entry) -> str | None:
        """Return the file that a member becomes, None of a folder; raise InputError."""
        if entry.refusal is not None:
            raise entry.refusal
        if entry.place is None:
            return None
        parts = [part for part in entry.name.split("/") if part not in ("", ".")]
        name = "/".join(parts)
        if has_picture_name(name):
            name = name[: len(name) - len(ending(name))] + result_ending(Source(name), self.format)
        target = joined(self.job.target, name)
        _check_length(target, parts)
        above = {
            self._key(path): path for path in ("/".join(parts[:n]) for n in range(1, len(parts)))
        }
        self._check_free(name, above)
        self.files[self._key(name)] = name, entry.name
        for key, path in above.items():
            self.folders.setdefault(key, (path, entry.name))
        return target

    def _key(self, name: str) -> str:
        return folded_name(joined(self.job.target, name))

    def _check_free(self, name: str, above: dict[str, str]) -> None:
        """Raise InputError for a file, or a folder above it, that another member has become."""
        key = self._key(name)
        if key in self.files:
            taken, member = self.files[key]
            if taken == name:
                raise _duplicate(f"{name} is the result of {member} as well")
            raise _duplicate(f"{name} differs from the result of {member} in capital letters alone")
        if key in self.folders:
            _, member = self.folders[key]
            raise _duplicate(f"{name} would be a file, and is the folder of {member}")
        for key in above.keys() & self.files.keys():
            _, member = self.files[key]
            raise _duplicate(f"{above[key]} would be a folder, and is the file of {member}")


def _duplicate(reason: str) -> InputError:
    return InputError(reason, code="duplicate")


def _check_length(target: str, parts: list[str]) -> None:
    """Raise InputError for a name that no file can have."""
    longest = max((len(os.fsencode(part)) for part in parts), default=0)
    if not parts or longest > LONGEST_NAME or len(os.fsencode(target)) >= LONGEST_PATH:
        raise InputError("its name is none of a file", code="unsafe_name")
