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
    """A shard, and the files and folders that it has become so far."""

    job: Job
    format: str | None
    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)

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
        key = folded_name(target)
        above = {
            folded_name(joined(self.job.target, "/".join(parts[:n]))) for n in range(1, len(parts))
        }
        if key in self.files or key in self.folders or above & self.files:
            raise InputError(f"{name} is another member's result", code="duplicate")
        self.files.add(key)
        self.folders |= above
        return target


def _check_length(target: str, parts: list[str]) -> None:
    """Raise InputError for a name that no file can have."""
    longest = max((len(os.fsencode(part)) for part in parts), default=0)
    if not parts or longest > LONGEST_NAME or len(os.fsencode(target)) >= LONGEST_PATH:
        raise InputError("its name is none of a file", code="unsafe_name")
