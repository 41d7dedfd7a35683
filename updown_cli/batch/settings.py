"""How a run treats its files: everything but the operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from updown_cli.batch.named_files import NamedFile
from updown_cli.batch.shards.shard_size import ShardSize
from updown_cli.files.reading import Reading


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The options that all commands share, but for what they print.

    A dry run that `verifies` decodes whole files. Whoever writes records of skipped files
    `describes_skipped`. `known_bytes` are the sizes that sources had when their results were made,
    by (source, result), as an earlier report tells. What the command line `reads` and `writes`
    beside inputs and results is named, so that nothing is written over another. Of the names that
    a `recipe` would write to those are `allowed` that were typed as well. What is `exact` has the
    very numbers of torch, even where strips would be faster and round a sum in another way.
    """

    output: str | None = None
    format: str | None = None
    encoder: tuple[tuple[str, str], ...] = ()
    if_exists: str = "error"
    sync: str = "group"
    jobs: int = 1
    cluster: str | None = None
    shard: tuple[int, int] = (1, 1)
    fail_fast: bool = False
    keep_failed: bool = False
    shard_size: ShardSize | None = None
    unpack: bool = False
    device: str = "cpu"
    dtype: str = "auto"
    exact: bool = False
    rounding: str = "half-up"
    range: str | None = None
    linear_light: bool = False
    max_memory: int | None = None
    timeout: float | None = None
    save_steps: str | None = None
    steps_format: str = "npy"
    reading: Reading = field(default_factory=Reading)
    verifies: bool = False
    describes_skipped: bool = False
    known_bytes: Mapping[tuple[str, str], int] = field(default_factory=dict)
    recipe: str | None = None
    allowed: tuple[str, ...] = ()
    reads: tuple[NamedFile, ...] = ()
    writes: tuple[NamedFile, ...] = ()
