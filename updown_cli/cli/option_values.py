"""What the values of some options may be: read from text, refused in one sentence."""

from __future__ import annotations

import re

from updown_cli.batch.shards.shard_size import ShardSize
from updown_cli.errors import UsageError
from updown_cli.op.byte_counts import Bytes

DEVICE = r"cpu|cuda(:\d{1,3})?|mps|auto"
MOST_JOBS = 1024


def device(text: str) -> str:
    """Return what `--device` names; raise UsageError for anything else."""
    if not re.fullmatch(DEVICE, text):
        raise UsageError("must be cpu, cuda, cuda:N, mps or auto", subject=f"--device {text}")
    return text


def jobs(text: str) -> int:
    """Return how many images are processed at a time."""
    if text == "auto":
        from updown_cli.pipeline.strips import cores

        return cores()
    if not re.fullmatch(r"\d{1,5}", text) or not 1 <= int(text) <= MOST_JOBS:
        raise UsageError(f"must be auto or from 1 to {MOST_JOBS}", subject=f"--jobs {text}")
    return int(text)


def shard_size(text: str) -> ShardSize:
    """Return how much goes into a shard: samples, bytes, or both."""
    parts = text.split(",")
    samples = [int(part) for part in parts if re.fullmatch(r"0{0,8}[1-9]\d{0,8}", part)]
    sizes = [part for part in parts if re.fullmatch(r"[\d.]+[KMGT](i?B)?", part, re.IGNORECASE)]
    try:
        count = [Bytes(min=1).parse(size) for size in sizes]
    except ValueError:
        count = []
    given = len(samples) + len(count)
    if given != len(parts) or len(samples) > 1 or len(count) > 1 or 0 in count:
        reason = "must be a number of samples, a size like 500M, or both with a comma"
        raise UsageError(reason, subject=f"--shard-size {text}")
    asked = ShardSize()
    return ShardSize(*(samples or [asked.samples]), *(count or [asked.bytes]))


def cluster(text: str) -> str:
    """Return where a cluster's scheduler is."""
    from updown_cli.batch.cluster.address import check_form

    return check_form(text)


def shard(text: str) -> tuple[int, int]:
    """Return which part of how many is done."""
    match = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise UsageError("must be I/N with I from 1 to N", subject=f"--shard {text}")
    return int(match[1]), int(match[2])


def background(text: str) -> tuple[int, int, int]:
    """Return red, green and blue from 0 to 255 of a colour by name, as #808080 or as 8,16,32."""
    from updown_cli.files.colours import red_green_blue

    try:
        return red_green_blue(text)
    except ValueError as error:
        raise UsageError(str(error), subject=f"--background {text}") from None


def file_format(text: str) -> str:
    """Return the ending, without its point, of a format that can be written."""
    from updown_cli.files.formats import check_writable

    name = text.lower().removeprefix(".")
    check_writable(f"--format .{name}")
    return name


def encoder_option(text: str) -> tuple[str, str]:
    """Return the name and the value of an encoder's option."""
    from updown_cli.files.creation_options import check_option

    return check_option(text)


def encoder_options() -> tuple[str, ...]:
    """Return what can be typed for encoders, up to the value."""
    from updown_cli.files.formats import FORMATS

    return tuple(f"{name}=" for name in sorted({name for fmt in FORMATS for name in fmt.options}))
