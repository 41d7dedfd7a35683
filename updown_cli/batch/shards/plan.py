"""Which inputs are shards, and what each of them becomes: a shard, in a place of its own."""

from __future__ import annotations

import io
import os
import sys
from typing import cast

from updown_cli.batch.conflicts import find_conflicts
from updown_cli.batch.inputs import Source
from updown_cli.batch.named_files import check_apart, read_files
from updown_cli.batch.naming import BESIDE, INTO, STDOUT, fields_of, fill_template
from updown_cli.batch.planned_job import Job
from updown_cli.batch.settings import Settings
from updown_cli.batch.shards.entries import Shard
from updown_cli.batch.side_files import SideFiles, files_of
from updown_cli.errors import UsageError
from updown_cli.files.formats import WRITABLE, ending
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.stores.names import is_folder
from updown_cli.stores.spelling import joined
from updown_cli.stores.tar_names import shard_ending
from updown_cli.stores.tar_reading import GZIP, UNREAD

#: What stands in the head of every tar file since 1988, and where.
MAGIC, MAGIC_AT = b"ustar", 257

# The folder of the members of a shard that become files.
OF_MEMBERS, OF_MEMBERS_BESIDE = "{rel}/{stem}", "{dir}/{stem}_{op}"

#: How a shard from standard input is called.
STDIN_NAME = "stdin.tar"


def are_shards(sources: list[Source], settings: Settings) -> bool:
    """Whether the inputs are shards; raise UsageError where some are and others are not."""
    shards = [source for source in sources if is_shard(source, settings)]
    if not shards or len(shards) == len(sources):
        return bool(shards)
    if all(source.root is not None for source in sources):
        return False  # what else lies in a folder of pictures
    other = next(source for source in sources if source not in shards)
    raise UsageError(
        "shards and other files need runs of their own",
        subject=f"{shards[0].path}, {other.path}",
    )


def is_shard(source: Source, settings: Settings) -> bool:
    """Whether an input is a shard, by its name, or by what comes from standard input."""
    if not source.is_stdin:
        return bool(shard_ending(source.path))
    output = settings.output or STDOUT
    if shard_ending(output) or ending(output) in WRITABLE:  # nothing is waited for to plan
        return bool(shard_ending(output))
    try:
        stdin = cast(io.BufferedReader, sys.stdin.buffer)
        head = bytes(stdin.peek(MAGIC_AT + len(MAGIC)))
    except (OSError, ValueError, AttributeError):  # whoever reads it tells why
        return False
    return head.startswith((GZIP, *UNREAD)) or head[MAGIC_AT:].startswith(MAGIC)


def plan_shards(sources: list[Source], pipeline: Pipeline, settings: Settings) -> list[Job]:
    """Return a job for every shard; raise UsageError where targets or inputs collide."""
    check_apart(settings.writes, [*settings.reads, *read_files(pipeline)])
    _check_cluster(sources, settings)
    several = len(sources) > 1 or sources[0].keeps_tree
    if SideFiles.of(pipeline, settings, several=several).patterns:
        raise UsageError("shards hold results alone, not the files that go with them")
    if settings.shard_size is not None:
        raise UsageError("goes with files that become shards", subject="--shard-size")
    pattern = _pattern(settings, sources[0], several=several)
    fields = fields_of(pattern)
    if fields & {"width", "height", "frame"}:
        raise UsageError("a shard has no size and no frames", subject=f"-o {pattern}")
    jobs = []
    for index, source in enumerate(sources, 1):
        target = _target(pattern, source, pipeline.name, index)
        if target != STDOUT and not settings.unpack and not shard_ending(target):
            hint = "name a folder, or a file that ends in .tar, .tar.gz or .tgz"
            raise UsageError("the results of a shard are a shard", subject=target, hint=hint)
        folders = "{" in pattern or settings.unpack
        jobs.append(
            Job(source, target, makes_folders=folders, refusal=source.refusal, is_shard=True)
        )
    for conflict, _ in find_conflicts(jobs, files_of(pipeline), settings.reads, settings.writes):
        raise conflict
    return jobs


def _check_cluster(sources: list[Source], settings: Settings) -> None:
    """Raise UsageError for members that only this process can find."""
    if settings.cluster is None:
        return
    streams = [source.path for source in sources if Shard(source.path).is_stream]
    if streams:
        raise UsageError(
            "its workers find members of uncompressed shards on shared disks alone",
            subject=f"--cluster, {streams[0]}",
            hint="use -j",
        )


def _pattern(settings: Settings, first: Source, *, several: bool) -> str:
    output = settings.output
    if settings.unpack:
        return _folders(output)
    if output is None:
        return STDOUT if first.is_stdin and not several else BESIDE
    if output == STDOUT and several:
        raise UsageError("standard output takes one result", subject="-o -")
    if output == STDOUT or "{" in output:
        return output
    is_file = shard_ending(output) or ending(output) in WRITABLE
    if output.endswith("/") or is_folder(output) or not is_file:
        return joined(output, INTO)
    if several:
        raise UsageError("one shard for several", subject=f"-o {output}", hint="name a folder")
    return output


def _folders(output: str | None) -> str:
    """Return where the members of shards go that become files."""
    if output is None:
        return OF_MEMBERS_BESIDE
    if output == STDOUT or shard_ending(output) or ending(output) in WRITABLE:
        raise UsageError(
            "is no folder", subject=f"--unpack, -o {output}", hint="it makes files in a folder"
        )
    return output if "{" in output else joined(output, OF_MEMBERS)


def _target(pattern: str, source: Source, op: str, index: int) -> str:
    """Return where the result of a shard goes; its ending may have two parts."""
    suffix = shard_ending(source.path) or ".tar"
    named = source.relative if not source.is_stdin else STDIN_NAME
    stem = os.path.basename(named)[: -len(suffix)]
    filled = pattern.replace("{stem}", stem.replace("{", "{{").replace("}", "}}"))
    return fill_template(filled, source, ext=suffix, op=op, index=index)
