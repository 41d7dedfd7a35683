"""Where least squares cannot: a chain learned step by step, from a start or a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from updown_cli.engine.devices import start_torch
from updown_cli.errors import InputError
from updown_cli.fit.adam import Descent
from updown_cli.fit.crops import Sampler, find_cropping
from updown_cli.tensors.weight_bytes import read_note
from updown_cli.tensors.weights import open_weights

if TYPE_CHECKING:
    from updown_cli.fit.fitting import Fitting
    from updown_cli.fit.learned_chain import LearnedChain
    from updown_cli.fit.pairs import Pair
    from updown_cli.fit.report import Fitted
    from updown_cli.op.shape import Shape

# Pairs that are held out whose score is looked at on the way; all are scored at the end.
LOOKED_AT = 4

# A seed of steps that go on where others ended.
APART = 7919


def descend(
    fitting: Fitting,
    chain: LearnedChain,
    taught: Sequence[Pair],
    held_out: Sequence[Pair],
    fitted: Fitted,
) -> None:
    """Learn, and note how many steps there were; `fitting.on_stop` is told of what is stopped."""
    fitted.method = "adam"
    device = start_torch(fitting.device)
    shapes = {fitting.loading.shapes(pair)[0] for pair in taught}
    sampler = Sampler(taught, fitting.loading, _cropping(fitting, chain, shapes))
    looked_at = [fitting.loading.load(pair) for pair in held_out[:LOOKED_AT]]
    _begin(fitting, chain, next(iter(sampler.whites())), fitted)
    descent = Descent(chain, sampler, looked_at, fitting.stepping)
    seed = fitting.seed + APART * fitted.taken
    before = fitted.taken
    try:
        descent.run(device, seed, fitting.tell)
    except BaseException as stopped:
        if not isinstance(stopped, Exception):
            fitted.taken, fitted.stopped = before + descent.taken, True
            fitted.arrays, fitted.ops = dict(chain.file.arrays), chain.pipeline.ops
            fitting.on_stop(fitted)
        raise
    fitted.taken = before + descent.taken


def _cropping(fitting: Fitting, chain: LearnedChain, shapes: set[Shape]) -> Any:
    if any(shape.dims != 2 for shape in shapes):
        return None
    shortest = min(side for shape in shapes for side in shape.size)
    (channels,) = {shape.channels for shape in shapes}
    return find_cropping(chain.pipeline, channels, shortest, fitting.stepping.crop)


def _begin(fitting: Fitting, chain: LearnedChain, white: float, fitted: Fitted) -> None:
    """Let layers start as they were drawn, in the sizes that numbers have, or as in a file."""
    if fitting.start is None:
        drawn = {name: chain.file.array(name) for name in chain.learning}
        chain.file.hold({n: a * a.dtype.type(chain.size_of(n, white)) for n, a in drawn.items()})
        return
    weights = open_weights("--start", fitting.start)
    chain.begin_with({name: weights.array(name) for name in weights.keys()}, fitting.start)  # noqa: SIM118
    fitted.taken = _taken_before(fitting.start)


def _taken_before(path: str) -> int:
    """Return how many steps made a file, as far as it tells."""
    try:
        told = json.loads(read_note(path) or "{}")
    except (ValueError, InputError):
        return 0
    taken = told.get("steps_taken", 0) if isinstance(told, dict) else 0
    return taken if isinstance(taken, int) and 0 <= taken < 1 << 40 else 0
