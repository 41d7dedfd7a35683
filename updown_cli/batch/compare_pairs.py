"""Pairs of files compared, one after the other: what became of each."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from updown_cli import __version__
from updown_cli.batch.foreign import is_foreign
from updown_cli.batch.named_files import INPUT, check_apart, named_files
from updown_cli.batch.pairs import Pair
from updown_cli.batch.single_file import check_free, name_file, read_single, write_single
from updown_cli.batch.thresholds import Thresholds
from updown_cli.batch.watcher import NOBODY, Watcher
from updown_cli.errors import InputError
from updown_cli.files.comparison import Comparison, compare_pictures, difference
from updown_cli.files.formats import check_writable, ending
from updown_cli.files.picture import Picture
from updown_cli.files.reading import Reading
from updown_cli.files.same_bytes import have_same_bytes
from updown_cli.op.param_types import Float
from updown_cli.stores.save import check_folder, make_folder
from updown_cli.stores.spelling import folder_of

#: What becomes of a pair, and which of it fails a run.
STATUSES = ("same", "passed", "differs", "missing", "failed", "skipped")
FAILING = ("differs", "missing", "failed")

# Refusals of files that may be whole, but are no pictures here.
NO_PICTURE = ("not_an_image", "unsupported")


@dataclass(frozen=True, kw_only=True)
class Comparing:
    """How pairs are compared; a `watcher` is told how far the one pair is."""

    reading: Reading
    limits: Thresholds
    peak: float | None = None
    amplify: float = 1.0
    if_exists: str = "error"
    watcher: Watcher = NOBODY


@dataclass(kw_only=True)
class Compared:
    """What became of one pair; `reasons` say why it fails, `errors` what could not be read."""

    pair: Pair
    status: str = "same"
    comparison: Comparison = field(default_factory=Comparison)
    reasons: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    errors: list[InputError] = field(default_factory=list)
    diff: str | None = None
    seconds: float = 0.0

    @property
    def fails(self) -> bool:
        """Whether the run fails by it."""
        return self.status in FAILING

    @property
    def exit_code(self) -> int:
        """Return 2 for what could not be compared, 1 for what differs, else 0."""
        return 2 if self.status == "failed" else int(self.fails)

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as JSON; what is not finite is text."""
        metrics = self.comparison.metrics
        return {
            "updown": __version__,
            "status": self.status,
            "a": self.pair.a,
            "b": self.pair.b,
            "differences": list(self.comparison.differences),
            "metrics": metrics and {k: _dumped(v) for k, v in vars(metrics).items()},
            "reasons": self.reasons,
            "diff": self.diff,
            "seconds": round(self.seconds, 6),
            "errors": [{"code": error.code, "message": str(error)} for error in self.errors],
        }


def _dumped(value: Any) -> Any:
    return Float().dump(value) if isinstance(value, float) else value


def check_targets(pairs: Sequence[Pair], junit: str | None, if_exists: str) -> None:
    """Raise UsageError for a picture of a difference, or a test report, that is in the way.

    Raises SurroundingsError where a named one has no folder.
    """
    inputs = [(INPUT, path) for pair in pairs for path in (pair.a, pair.b)]
    written = [("--junit", junit), *(("--diff", pair.diff) for pair in pairs)]
    check_apart(named_files(*written), named_files(*inputs))
    if junit is not None:
        check_folder(junit)
        check_free(junit, if_exists)
    for pair, target in ((pair, pair.diff) for pair in pairs if pair.diff is not None):
        check_writable(target)
        if pair.is_named:
            check_folder(target)
        check_free(target, if_exists)


def compare_all(pairs: Sequence[Pair], how: Comparing) -> Iterator[Compared]:
    """Compare and yield each pair; one that fails does not stop the others."""
    for pair in pairs:
        began = time.perf_counter()
        compared = Compared(pair=pair)
        _compare(compared, how)
        compared.seconds = time.perf_counter() - began
        yield compared


def _compare(done: Compared, how: Comparing) -> None:
    pair = done.pair
    if pair.a is None or pair.b is None:
        done.status, done.reasons = "missing", [f"only {pair.a or pair.b}"]
        return
    how.watcher.begin("load")
    pictures = [_picture(path, done, how.reading) for path in (pair.a, pair.b)]
    if done.errors:
        _give_up(done)
        return
    a, b = (picture for picture in pictures if picture is not None)
    weighs = how.reading.alpha == "premultiply"
    how.watcher.begin("compare")
    rows = how.watcher.rows
    done.comparison = compare_pictures(a, b, weighs=weighs, peak=how.peak, tell=rows)
    _judge(done, how.limits)
    metrics = done.comparison.metrics
    if pair.diff is not None and metrics is not None and metrics.differing:
        how.watcher.begin("save")
        try:
            data = difference(a, b, ending(pair.diff), weighs=weighs, amplify=how.amplify)
        except InputError as error:
            done.errors.append(name_file(error, f"--diff {pair.diff}"))
            _give_up(done)
            return
        if not pair.is_named:
            make_folder(folder_of(pair.diff))
        write_single(pair.diff, data, how.if_exists)
        done.diff = pair.diff


def _picture(path: str, done: Compared, reading: Reading) -> Picture | None:
    if path in done.pair.refused:
        done.errors.append(name_file(done.pair.refused[path], path))
        return None
    try:
        picture = read_single(path, reading)
    except InputError as error:
        done.errors.append(error)
        return None
    done.remarks += [f"{path}: {remark}" for remark in picture.remarks]
    return picture


def _give_up(done: Compared) -> None:
    """Record that a pair failed; two files that are no images, in folders, are none of ours.

    Elsewhere they are the same if their bytes are: pointers to files that are kept apart.
    """
    pair, several = done.pair, len(done.errors) == 2
    done.reasons = [str(error) for error in done.errors]
    read = zip((pair.a, pair.b), done.errors, strict=False)
    if several and not pair.is_named and all(is_foreign(str(path), error) for path, error in read):
        done.status = "skipped"
    elif several and _are_same_bytes(done):
        done.status, done.reasons, done.errors = "same", [], []
        done.remarks = [f"{pair.a}, {pair.b}: no pictures, compared by their bytes"]
    else:
        done.status = "failed"


def _are_same_bytes(done: Compared) -> bool:
    """Whether two files that are no pictures hold the same bytes."""
    no_pictures = all(error.code in NO_PICTURE for error in done.errors)
    return no_pictures and have_same_bytes(str(done.pair.a), str(done.pair.b))


def _judge(done: Compared, limits: Thresholds) -> None:
    """Set the status of a pair that was compared, and why it fails."""
    comparison = done.comparison
    if comparison.same:
        done.status = "same"
        return
    if comparison.metrics is None:
        done.reasons = list(comparison.differences)
    elif limits.given:
        done.reasons = limits.broken_by(comparison.metrics)
    else:
        metrics = comparison.metrics
        pixels = [f"{metrics.differing} of {metrics.pixels} pixels differ"]
        done.reasons = [*comparison.differences, *pixels * bool(metrics.differing)]
    done.status = "differs" if done.reasons else "passed"
