"""What `updown identify` tells of a search: as text and as JSON."""

from __future__ import annotations

import math
import shlex
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.batch.thresholds import six_digits
from updown_cli.cli.columns import INDENT
from updown_cli.cli.printing import printable, write_stdout
from updown_cli.cli.table import print_columns
from updown_cli.cli.typed_steps import typed_steps
from updown_cli.explain.equal_code import torch_code
from updown_cli.op.shape import by_x

if TYPE_CHECKING:
    from updown_cli.identify.confirming import Found
    from updown_cli.identify.evidence import Distance, Evidence
    from updown_cli.identify.ranking import Trial
    from updown_cli.identify.trial import Candidate
    from updown_cli.op.base import Op

COLUMNS = ("", "made by", "max", "mean", "psnr")

# The places of a line, and those that names have at least.
WIDTH, NARROWEST = 80, 24

# How many times as far the next must be to be told as further.
FURTHER = 1.05

NOTHING_EQUAL = "nothing in updown gives the same"


@dataclass(frozen=True)
class Answer:
    """What was found of pairs of files."""

    pairs: Sequence[Evidence]
    found: Found
    #: The options that say how the files were read, as they are typed.
    read_as: str = ""

    @property
    def best(self) -> Candidate:
        """Return the nearest."""
        return self.found.best.candidate

    def commands(self) -> list[str]:
        """Return what makes every result again; nothing where no command does."""
        lines = [command_line(self.best, pair, self.read_as) for pair in self.pairs]
        return [line for line in lines if line]

    def code(self) -> str:
        """Return the code that resizes as the first result was; nothing where there is none."""
        pair = self.pairs[0]
        op = operation(self.best, pair)
        return "" if op is None else torch_code(op, pair.source.shape)

    def kinds(self) -> list[tuple[str, Trial]]:
        """Return what is told, in its order, each with what it is."""
        found, trials = self.found, self._trials
        kinds = [("best" if found.fits else "nearest", found.best)]
        kinds += [("same pixels", trials[one]) for one in found.same]
        kinds += [("within a level", trials[one]) for one in found.close]
        return kinds + ([(_next_words(found), found.next)] if found.next else [])

    @property
    def _trials(self) -> dict[Candidate, Trial]:
        return {trial.candidate: trial for trial in self.found.trials}

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        found, trials = self.found, self._trials
        return {
            "found": found.fits,
            "files": [list(pair.names) for pair in self.pairs],
            "frames": [list(pair.frames) for pair in self.pairs],
            "frame": self.pairs[0].frame,
            "jpeg": [pair.luma is not None for pair in self.pairs],
            "best": trial_json(found.best),
            "same": [trial_json(trials[one]) for one in found.same],
            "within_a_level": [trial_json(trials[one]) for one in found.close],
            "next": found.next and trial_json(found.next),
            "times_as_far": times_as_far(found),
            "commands": self.commands() if found.fits else [],
            "code": self.code() if found.fits else "",
        }

    def show(self) -> None:
        """Print who made the results, a table of what comes near, and how to make them again."""
        found = self.found
        name = describe(self.best)
        write_stdout(f"{name}\n" if found.fits else f"none of these; the nearest is {name}\n")
        rows = _in_width([_row(*one) for one in self.kinds()])
        write_stdout("".join(f"{line}\n" for line in self._frames()))
        print_columns(COLUMNS, rows, right=("max", "mean", "psnr"), name="made by")
        if found.fits:
            write_stdout("".join(f"{line}\n" for line in self._again()))

    def _frames(self) -> Iterator[str]:
        """Yield which frame was compared of files that have several."""
        for pair in self.pairs:
            each = zip(map(printable, pair.names), pair.frames, strict=True)
            for name, count in (one for one in each if one[1] > 1):
                yield f"{name}: frame {pair.frame} of {count}; --frames takes another"

    def _again(self) -> Iterator[str]:
        yield from (f"again: {printable(line)}" for line in self.commands() or [NOTHING_EQUAL])
        if code := self.code():
            yield f"\n{code.rstrip()}"


def times_as_far(found: Found) -> float | None:
    """Return how many times further the next is than the nearest; None where that is at 0."""
    if found.next is None:
        return None
    best, other = (sum(one.mse for one in t.distances) for t in (found.best, found.next))
    return math.sqrt(other / best) if best else None


def describe(candidate: Candidate) -> str:
    """Return what a candidate is called, with what is around it."""
    return ", ".join([candidate.convention.describe(), *candidate.words()])


def command_line(candidate: Candidate, pair: Evidence, read_as: str = "") -> str:
    """Return the command that makes a result again, of a file read so; nothing where none does."""
    source, treatment = pair.source, candidate.treatment
    op = operation(candidate, pair)
    if op is None or treatment.order or treatment.light == "gamma" or treatment.alpha == "weighed":
        return ""
    options = ["--linear-light"] if treatment.light else []
    options += ["--round floor"] if treatment.floors else []
    options += ["--alpha straight"] if source.alpha and not treatment.alpha else []
    options += [read_as] if read_as else []
    options += [f"--frames {pair.frame}"] if pair.frames[0] > 1 else []
    target = "again.png" if source.colour else "again.npy"
    words = [_steps(op, candidate, pair), *options, shlex.quote(pair.names[0]), "-o", target]
    return " ".join(["updown", *words])


def operation(candidate: Candidate, pair: Evidence) -> Op | None:
    """Return the operation of updown that gives the same; None where there is none."""
    size = candidate.placement.full(pair.result.shape.size)
    return candidate.convention.operation(pair.source.shape, size)


def _steps(op: Op, candidate: Candidate, pair: Evidence) -> str:
    """Return an operation as it is typed, in a chain with a crop where that is around it."""
    steps = typed_steps([op])
    if not candidate.placement.before:
        return steps
    place = ",".join(map(str, candidate.placement.before))
    return f"chain '{steps} | crop --box {place},{by_x(pair.result.shape.size)}'"


def _next_words(found: Found) -> str:
    times = times_as_far(found)
    if times is None:
        return "next"
    return "next, as far" if times < FURTHER else f"next, {times:.3g} times as far"


def _row(kind: str, trial: Trial) -> tuple[str, ...]:
    furthest = max(trial.distances, key=lambda one: one.mse)
    numbers = (furthest.max, furthest.mean, furthest.psnr)
    return (kind, describe(trial.candidate), *map(six_digits, numbers))


def _in_width(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return rows with names that go on in rows of their own where lines would be too long."""
    columns = zip(COLUMNS, *rows, strict=True)
    kind, _, *numbers = (max(map(len, column)) for column in columns)
    room = max(NARROWEST, WIDTH - kind - sum(numbers) - len(numbers) - 1)
    made = []
    for first, name, *others in rows:
        begin, *more = textwrap.wrap(name, room, subsequent_indent=INDENT, break_on_hyphens=False)
        made.append((first, begin, *others))
        made += [("", line, *([""] * len(others))) for line in more]
    return made


def trial_json(trial: Trial) -> dict[str, Any]:
    """Return a candidate with how far it is from every result."""
    convention = trial.candidate.convention
    return {
        "name": describe(trial.candidate),
        "library": convention.library,
        "mode": convention.mode,
        "around": [*trial.candidate.words()],
        "proof": convention.proof or None,
        "distances": [_distance_json(distance) for distance in trial.distances],
    }


def _distance_json(distance: Distance) -> dict[str, Any]:
    return {
        "max": distance.max,
        "mean": distance.mean,
        "psnr": distance.psnr if math.isfinite(distance.psnr) else "inf",
        "percent": 100 * distance.share,
    }
