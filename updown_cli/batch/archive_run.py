"""A run whose results are arrays of one archive, which appears whole or not at all.

Each result is a file in a hidden folder first; it goes into the archive when those before it are
there, so that the order is that of the inputs. Results are told of when the archive has its name.
"""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from updown_cli.batch.file_facts import shapes_of
from updown_cli.batch.if_exists import choices_like, exists_error, first_free, has_changed
from updown_cli.batch.job import Worker
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record
from updown_cli.batch.settings import Settings
from updown_cli.batch.unfinished import is_unfinished
from updown_cli.errors import InputError, SurroundingsError, UsageError
from updown_cli.files.formats import ARRAY_ENDING
from updown_cli.files.npz import split_member
from updown_cli.stores.drafts import Drafts
from updown_cli.stores.hidden_folder import HiddenFolder
from updown_cli.stores.names import exists, open_regular, store_of
from updown_cli.stores.write_error import write_error
from updown_cli.tensors.npz import entries, open_archive

#: Carries out jobs.
Act = Callable[[list[Job], Worker], Iterator[Record]]


def archive_of(jobs: list[Job]) -> str | None:
    """Return the archive that takes all results, None if each has a file of its own."""
    return next((job.archive for job in jobs if job.archive), None)


def check_archive(jobs: list[Job], settings: Settings) -> None:
    """Raise UsageError for an archive that is there when nothing was said about it."""
    path = archive_of(jobs)
    if path is not None and settings.if_exists == "error" and exists(path):
        error = exists_error(path)
        raise UsageError(error.reason, hint=error.hint, code=error.code)


def preview_archive(path: str, jobs: list[Job], worker: Worker, act: Act) -> Iterator[Record]:
    """Yield what would become of every job."""
    if _is_done(path, jobs, worker.settings):
        yield from _skipped(jobs, worker)
        return
    parts = Parts(os.path.join(os.path.dirname(_beside(path)), "parts"), jobs)
    name = first_free([path])[0] if worker.settings.if_exists == "rename" else path
    for record in act(parts.jobs, worker_of_parts(worker)):
        yield parts.told(record, name)


def process_archive(
    path: str, jobs: list[Job], worker: Worker, act: Act, made: Callable[[], None]
) -> Iterator[Record]:
    """Yield the record of every job: failures as they come, the others when the archive is there.

    `made` hears of each that waits for it. Without any result there is none. Raises UsageError,
    SurroundingsError.
    """
    if _is_done(path, jobs, worker.settings):
        yield from _skipped(jobs, worker)
        return
    done: list[Record] = []
    with HiddenFolder(_beside(path)) as folder, Drafts() as drafts:
        parts = Parts(folder.path, jobs)
        try:
            with zipfile.ZipFile(drafts.begin(path), "w") as archive:
                for record in act(parts.jobs, worker_of_parts(worker)):
                    parts.take(archive, record)
                    if record.status == "done":
                        done.append(record)
                        made()
                    else:
                        yield parts.told(record)
        except OSError as error:
            raise write_error(error, path) from None
        except SurroundingsError as error:
            raise of_archive(error, folder.path, path) from None
        name = named_as_asked(drafts, path, worker.settings) if done else path
    yield from (parts.told(record, name) for record in done)


def worker_of_parts(worker: Worker) -> Worker:
    """Return the worker that makes parts, in a hidden folder.

    What is not there after a power cut needs no sync, and nobody has such names.
    """
    settings = replace(worker.settings, if_exists="overwrite", sync="none")
    return Worker(worker.pipeline, settings, worker.watcher)


def _beside(path: str) -> str:
    return store_of(path).path_beside(path)


@dataclass
class Parts:
    """The results as files of a folder; `jobs` make them, `names` are those in the archive."""

    folder: str
    originals: list[Job]
    jobs: list[Job] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    _order: list[str] = field(default_factory=list)
    _ended: dict[str, Record] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, job in enumerate(self.originals):
            if job.archive:
                path = os.path.join(self.folder, f"{number}{ARRAY_ENDING}")
                self.names[path] = job.target
                self._order.append(path)
                job = replace(job, target=path, archive="", makes_folders=False)
            self.jobs.append(job)
        self._order.reverse()

    def take(self, archive: zipfile.ZipFile, record: Record) -> None:
        """Put what has been made into an archive, as far as all before it has ended."""
        self._ended[record.output] = record
        while self._order and self._order[-1] in self._ended:
            path = self._order.pop()
            ended = self._ended.pop(path)
            if ended.status == "done":
                _add(archive, ended, split_member(self.names[path])[1] or "")

    def told(self, record: Record, archive: str | None = None) -> Record:
        """Return a record with the name of its result in an archive."""
        target = self.names.get(record.output, record.output)
        if archive is not None and target:
            target = archive + target.removeprefix(split_member(target)[0])
        return replace(record, output=target)


def _add(archive: zipfile.ZipFile, record: Record, name: str) -> None:
    """Put a part into an archive, without the time, which would make equal archives differ."""
    info = zipfile.ZipInfo(_in_unicode(name) + ARRAY_ENDING)
    if record.part is not None:
        archive.writestr(info, record.part)
        record.part = None
        return
    info.file_size = os.stat(record.output).st_size
    with open(record.output, "rb") as part, archive.open(info, "w") as target:
        shutil.copyfileobj(part, target, 1 << 20)
    os.unlink(record.output)


def _in_unicode(name: str) -> str:
    """Return a name as archives can have it: bytes that are no letters are told as numbers."""
    return name.encode("utf-8", "backslashreplace").decode()


def named_as_asked(drafts: Drafts, path: str, settings: Settings) -> str:
    """Give the archive its name, as --if-exists says, and return it."""
    if settings.sync != "none":
        drafts.flush()
    if settings.if_exists in ("overwrite", "update", "skip"):
        drafts.replace()
        return path
    rename = settings.if_exists == "rename"
    names = drafts.claim(choices_like([path]) if rename else [[path]])
    if names is None:
        raise UsageError(exists_error(path).reason, hint=exists_error(path).hint, code="exists")
    return names[0]


def of_archive(error: SurroundingsError, folder: str, path: str) -> SurroundingsError:
    """Return a failure to write a part as one to write the archive."""
    subject = path if error.subject.startswith(folder) else error.subject
    return SurroundingsError(error.reason, subject=subject, hint=error.hint, code=error.code)


def _is_done(path: str, jobs: list[Job], settings: Settings) -> bool:
    """Whether the archive that is there is to stay: it is whole, and holds every result."""
    if settings.if_exists not in ("skip", "update") or not exists(path):
        return False
    wanted = [job for job in jobs if job.archive]
    names = {_in_unicode(split_member(job.target)[1] or "") for job in wanted}
    if is_unfinished(path) or not names <= _members(path):
        return False
    known = settings.known_bytes
    return settings.if_exists == "skip" or not any(has_changed(job, known) for job in wanted)


def _members(path: str) -> set[str]:
    """Return the names of the arrays in an archive; none of what is no archive."""
    try:
        with open_regular(path) as file, open_archive(file) as archive:
            return set(entries(archive))
    except (OSError, InputError):
        return set()


def _skipped(jobs: list[Job], worker: Worker) -> Iterator[Record]:
    """Yield the records of jobs whose results are there, and of those that are refused."""
    for job in jobs:
        record = worker.settle(job)
        if record is None:
            record = Record(source=job.source.path, output=job.target, status="skipped")
            if worker.settings.describes_skipped:
                record.headers = shapes_of(job.source.path, job.target, worker.settings.reading)
        yield record
