"""How high the strips are in which a plan runs, and what memory they take."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from updown_cli.pipeline.plan import BYTES_COMPUTED, BYTES_STORED, Plan, Step
from updown_cli.pipeline.strip_inputs import StripInputs, strip_inputs

# Bytes that a strip may take at a step: what stays in a processor's cache is faster.
STRIP_BYTES = 16 << 20

# Bytes of a picture that is worth a remark if it is not cut.
LARGE = 256 << 20

# Bytes of a value where a codec has it: Pillow keeps the three of a pixel in four.
IN_A_CODEC = 4 / 3

# What libraries take once they are used, and threads for themselves.
LIBRARIES = 20 << 20

# Strips that are there at the same time, as they are stored, where pictures are not whole.
STRIPS_ON_THE_WAY = 3

# How much more may be computed, for rows that two strips need, before strips become higher.
MOST_TWICE = 1.25

# How many strips are kept, each for a plan and a height.
KEPT = 128


@dataclass(frozen=True, kw_only=True)
class Held:
    """Which pictures are whole in memory: the source, the result; of others there are strips."""

    source: bool = True
    result: bool = True


BOTH = Held()


def strips(plan: Plan, height: int | None) -> Iterator[tuple[int, int]]:
    """Yield [first, last) of the rows of a result, in strips of a height, or all of them."""
    rows = plan.shape.size[0]
    for first in range(0, rows, height or rows):
        yield first, min(first + (height or rows), rows)


def can_be_cut(plan: Plan) -> bool:
    """Whether a plan can run in strips, however few its rows need."""
    return all(step.op.only_pixels() and not step.op.kept_as for step in plan.steps)


def chosen_height(plan: Plan, limit: int | None, held: Held = BOTH) -> int | None:
    """Return the rows of a strip; None to run whole.

    Strips are as high as their bytes allow, higher where too much would be computed twice, and
    lower where they would pass the limit.
    """
    rows = plan.shape.size[0]

    def fits(height: int) -> bool:
        return limit is None or needed_bytes(plan, height, held) <= limit

    if plan.bytes <= STRIP_BYTES and fits(rows):
        return None
    heights = [*_heights(plan)]
    small = [height for height in heights if float_bytes(plan, height) <= STRIP_BYTES]
    height = max(small, default=heights[-1])
    while height < rows and _twice(plan, height) > MOST_TWICE:
        height = heights[heights.index(height) - 1]
    while height > heights[-1] and not fits(height):
        height = heights[heights.index(height) + 1]
    return None if height == rows else height


def least_bytes(plan: Plan, limit: int | None, held: Held = BOTH) -> int:
    """Return the bytes that the plan needs, if it must save them to stay within a limit."""
    if limit is None or plan.bytes <= limit:
        return plan.bytes
    return min(needed_bytes(plan, height, held) for height in _heights(plan))


def needed_bytes(plan: Plan, height: int, held: Held = BOTH) -> int:
    """Return the bytes that are needed at most in strips of a height."""
    if height >= plan.shape.size[0]:
        return plan.bytes
    return _stored_bytes(plan, height, held) + strip_bytes(plan, height)


def _stored_bytes(plan: Plan, height: int, held: Held) -> int:
    """Return the bytes of the source and the result as they are stored, or of their strips."""
    parts = _amid(plan, height)
    read, made = plan.steps[0].values[0], plan.steps[-1].values[1]
    read_strips = min(STRIPS_ON_THE_WAY * parts[0].values[0], read)
    made_strips = min(STRIPS_ON_THE_WAY * parts[-1].values[1], made)
    source, result = read if held.source else read_strips, made if held.result else made_strips
    return BYTES_STORED * (source + result)


def strip_bytes(plan: Plan, height: int) -> int:
    """Return the bytes that a strip amid the result takes at its most costly step."""
    return max(BYTES_COMPUTED * _values(part) for part in _amid(plan, height))


def _values(part: StripInputs) -> int:
    """Return the values that a strip has at a step: read, made, and beside both."""
    op, before = part.op, part.before
    inner = 0 if part.by_table else op.inner_values(before) + op.padded_values(before)
    return sum(part.values) + inner * part.frames


def float_bytes(plan: Plan, height: int) -> int:
    """Return the bytes of such a strip and what becomes of it alone."""
    return max(BYTES_COMPUTED * sum(part.values) for part in _amid(plan, height))


def expected_bytes(plan: Plan, *, of_picture: bool = True) -> int:
    """Return the bytes that a run takes where memory is not short, from a picture or an array.

    Strips are made on every core. A codec has a picture once more as it was read, and then the
    result as it is written.
    """
    height = chosen_height(plan, None)
    computed = plan.bytes
    if height is not None:
        threads = min(cores(), -(-plan.shape.size[0] // height))
        computed = needed_bytes(plan, height) + (threads - 1) * strip_bytes(plan, height)
    if not of_picture:
        return computed + LIBRARIES
    read, made = plan.steps[0].values[0], plan.steps[-1].values[1]
    decoded, encoded = round(IN_A_CODEC * read), round(IN_A_CODEC * made)
    written = decoded + BYTES_STORED * made + encoded
    return max(computed + decoded, written) + LIBRARIES


def kept_whole(plan: Plan) -> list[str]:
    """Return which steps keep a large picture from being cut into strips."""
    if plan.bytes <= LARGE or chosen_height(plan, None) is not None:
        return []
    return why_whole(plan)


def why_whole(plan: Plan) -> list[str]:
    """Return which steps need their whole input at once, and why."""
    return [
        text
        for step in plan.steps
        if (reason := _why_whole(step)) is not None
        for text in step.told([f"{step.op.command} needs the whole picture at once{reason}"])
    ]


def _why_whole(step: Step) -> str | None:
    """Return the reason, as it is told; None if some rows suffice."""
    if step.op.kept_as:
        return ": its result is kept for a later step"
    if step.op.only_pixels() and not step.input_spans[0].needs_all:
        return None
    return f": {step.op.why_whole}" if step.op.why_whole else ""


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _twice(plan: Plan, height: int) -> float:
    """Return how many times as much is computed as of the whole picture."""
    whole = sum(sum(step.values) for step in plan.steps)
    strip = sum(sum(part.values) for part in _amid(plan, height))
    return strip * plan.shape.size[0] / height / whole


@lru_cache(KEPT)
def _amid(plan: Plan, height: int) -> list[StripInputs]:
    """Return what gives a strip amid the result. It is asked for again and again."""
    first = (plan.shape.size[0] - height) // 2
    return strip_inputs(plan, first, first + height)


def _heights(plan: Plan) -> Iterator[int]:
    """Yield the rows of the whole result, and half as many again and again if it can be cut."""
    height = plan.shape.size[0]
    yield height
    while height > 1 and can_be_cut(plan):
        height = -(-height // 2)
        yield height
