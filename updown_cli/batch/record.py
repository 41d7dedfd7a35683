"""What became of one image."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from updown_cli import __version__
from updown_cli.errors import UpdownError
from updown_cli.op.artifact import ArtifactReport
from updown_cli.stores.spelling import without_secrets

if TYPE_CHECKING:
    from updown_cli.engine.results import Outcome
    from updown_cli.pipeline.plan import Plan

#: What becomes of an image.
STATUSES = ("done", "skipped", "failed", "planned")


def in_time(seconds: float | None) -> str:
    """Return a time for a person; nothing for none."""
    if seconds is None:
        return ""
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


@dataclass(kw_only=True)
class Record:
    """What became of one image; `status` is done, skipped, failed or planned.

    What is known to have no result has no `output`. `headers` are the shapes that the files of a
    skipped one have, `run` its number in a report. A result that becomes a part of something may
    come as its bytes.
    """

    source: str
    output: str
    status: str = "done"
    steps: list[dict[str, Any]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    pixels: int = 0
    device: str = ""
    dtype: str = ""
    clamped: dict[str, Any] | None = None
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    error: UpdownError | None = None
    reports: list[ArtifactReport] = field(default_factory=list)
    source_bytes: int | None = None
    output_bytes: int | None = None
    headers: tuple[list[int] | None, list[int] | None] = (None, None)
    run: int = 1
    part: bytes | None = None

    @property
    def is_left_out(self) -> bool:
        """Whether the file turned out to be no input."""
        return self.status == "skipped" and bool(self.notes)

    def to_json(self) -> dict[str, Any]:
        """Return the record as JSON, without what may be keys in URLs."""
        error = self.error and {"code": self.error.code, "message": str(self.error)}
        record = {
            "updown": __version__,
            "status": self.status,
            "source": self.source,
            "output": self.output or None,
            "in": self.steps[0]["in"] if self.steps else self.headers[0],
            "out": self.steps[-1]["out"] if self.steps else self.headers[1],
            "source_bytes": self.source_bytes,
            "output_bytes": self.output_bytes,
            "steps": self.steps,
            "seconds": {name: round(value, 6) for name, value in self.seconds.items()},
            "device": self.device,
            "dtype": self.dtype,
            "clamped": self.clamped,
            "warnings": self.warnings,
            "answers": self.answers,
            "error": error,
            "run": self.run,
        }
        told: dict[str, Any] = _told(
            record | {report.key: report.to_json() for report in self.reports}
        )
        return told

    def timed(self, name: str) -> _Timed:
        """Return a context that adds the time which a part takes to `seconds`."""
        return _Timed(self, name)

    def took(self, name: str, seconds: float) -> None:
        """Add the time that a part took."""
        for part in (name, "total"):
            self.seconds[part] = self.seconds.get(part, 0.0) + seconds


class _Timed:
    """Tells a record how long it was open."""

    __slots__ = ("began", "name", "record")

    def __init__(self, record: Record, name: str) -> None:
        self.record, self.name = record, name

    def __enter__(self) -> None:
        self.began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.record.took(self.name, time.perf_counter() - self.began)


def _told(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _told(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_told(each) for each in value]
    return without_secrets(value) if isinstance(value, str) else value


def tell_result(record: Record, plan: Plan, result: Outcome) -> None:
    """Put into a record what became of each step, and what they left beside the pixels."""
    record.steps = [
        {**step.to_json(), "seconds": round(took, 6)}
        for step, took in zip(plan.steps, result.seconds, strict=True)
    ]
    record.answers += [text for artifact in result.artifacts for text in artifact.answers]
    record.clamped = asdict(result.clamped) if result.clamped else None
    record.dtype = result.dtype
    reports = (artifact.report() for artifact in result.artifacts)
    record.reports = [report for report in reports if report is not None]
