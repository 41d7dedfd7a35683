"""Which unpool takes the positions of which pool.

A pool keeps its positions under a name; an unpool of the same name takes them. Without a name an
unpool takes those of the last pool that none has taken yet, so that pools and unpools nest.
"""

from __future__ import annotations

from collections.abc import Sequence

from updown_cli.errors import ParameterError
from updown_cli.op.base import Op
from updown_cli.op.index_sharing import IndexKeeper, IndexTaker
from updown_cli.op.pool_indices import NAME_SIGN, is_index_name
from updown_cli.pipeline.step_errors import step_name


def kept_names(ops: Sequence[Op]) -> set[str]:
    """Return the names under which pools keep their positions."""
    pools = (op for op in ops if isinstance(op, IndexKeeper))
    return {pool.save_indices for pool in pools if pool.save_indices is not None}


def unpools_with_files(ops: Sequence[Op]) -> list[int]:
    """Return the places of the unpools whose positions are in files, or told by a source."""
    kept = kept_names(ops)
    unpools = ((place, op) for place, op in enumerate(ops) if isinstance(op, IndexTaker))
    return [place for place, op in unpools if op.told_by not in kept]


def pair_unpools(ops: tuple[Op, ...]) -> tuple[Op, ...]:
    """Return the operations with the names of all positions written out.

    Raises ParameterError for an unpool whose pool is missing, and for a name that none takes.
    """
    steps, waiting = list(ops), []
    taken = set()
    for place, op in enumerate(ops):
        if isinstance(op, IndexKeeper):
            _check_name(ops, place)
            waiting.append(place)
        elif isinstance(op, IndexTaker) and op.undoes_pools:
            subject = step_name(ops, place + 1)
            found = _pool_of(op.told_by or "", steps[:place], waiting, subject)
            if found is None:
                continue
            waiting = [other for other in waiting if other != found]
            taken.add(found)
            pool = steps[found]
            assert isinstance(pool, IndexKeeper)
            name = pool.save_indices or f"{NAME_SIGN}{found + 1}"
            steps[found] = pool.keep_as(name)
            steps[place] = op.with_name(name)
    _check_taken(steps, taken)
    return tuple(steps)


def _pool_of(name: str, earlier: list[Op], waiting: list[int], step: str) -> int | None:
    """Return the place of the pool that is meant; None for a file."""
    for place, op in reversed([*enumerate(earlier)]):
        if isinstance(op, IndexKeeper) and op.save_indices == name:
            return place
    if not is_index_name(name):
        return None
    if name == NAME_SIGN:
        if waiting:
            return waiting[-1]
        raise ParameterError(
            "there is no max pool before it to undo", subject=step, hint="give --indices FILE"
        )
    number = name.removeprefix(NAME_SIGN)
    place = int(number) - 1 if number.isdecimal() and len(number) < 9 else -1
    if 0 <= place < len(earlier) and isinstance(earlier[place], IndexKeeper):
        return place
    raise ParameterError(
        "no max pool before it has this number or name", subject=_subject(step, f"--indices {name}")
    )


def _check_name(ops: Sequence[Op], place: int) -> None:
    name = getattr(ops[place], "save_indices", None)
    if name in kept_names(ops[:place]):
        raise ParameterError(
            "another step keeps its positions there",
            subject=_subject(step_name(ops, place + 1), f"--save-indices {name}"),
        )


def _check_taken(steps: list[Op], taken: set[int]) -> None:
    for place, op in enumerate(steps):
        if isinstance(op, IndexKeeper) and is_index_name(op.save_indices) and place not in taken:
            raise ParameterError(
                "no unpool after it takes them",
                subject=_subject(step_name(steps, place + 1), f"--save-indices {op.save_indices}"),
                hint="name a file, or chain an unpool",
            )


def _subject(step: str, option: str) -> str:
    return f"{step}: {option}" if step else option
