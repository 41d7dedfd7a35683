"""What every place of files answers, be it a disk, a URL or an archive."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal

from updown_cli.errors import InputError
from updown_cli.stores.draft import Draft, Undo

Kind = Literal["file", "folder", "link", "other"]


@dataclass(frozen=True, slots=True)
class Status:
    """What a name leads to; times are nanoseconds, what is not known is None.

    Two names of one `identity` are one file. `stamp` is another when the content is, and so is the
    `tag` that some servers give it.
    """

    kind: Kind
    size: int | None = None
    modified: int | None = None
    changed: int | None = None
    identity: Hashable = None
    tag: str | None = None

    @property
    def stamp(self) -> Hashable:
        """What changes when the content does."""
        return self.modified, self.size, self.identity, self.tag


@dataclass(frozen=True, slots=True)
class Found:
    """A file of a folder; or a folder below it that cannot be entered, and why."""

    name: str
    refusal: InputError | None = None


class Store(ABC):
    """A place of files."""

    #: Whether names are given one after the other faster than several at once.
    is_near = True

    def is_shared(self, name: str) -> bool:
        """Whether other processes see the same file."""
        return True

    def expect(self, names: Iterable[str]) -> None:  # noqa: B027
        """Make ready, while others are worked on, what will be opened soon."""

    def forget_all(self) -> None:  # noqa: B027
        """Forget what was seen: another run begins in this process."""

    @abstractmethod
    def status(self, name: str) -> Status | None:
        """Return what a name leads to, through links; None if that cannot be told."""

    @abstractmethod
    def own_status(self, name: str) -> Status | None:
        """Return what a name itself is, be it a link that leads nowhere; None of a free one."""

    def identity(self, name: str) -> Hashable:
        """Return what all names of one file share; None of a folder, or of what is not there."""
        status = self.status(name)
        return None if status is None or status.kind == "folder" else status.identity

    @abstractmethod
    def open(self, name: str, *, whole: bool) -> BinaryIO:
        """Open a file for reading, which is to be read as a `whole` or only here and there.

        Raises InputError.
        """

    @abstractmethod
    def walk(self, folder: str, *, recurse: bool, leave_out: str | None) -> Iterator[Found]:
        """Yield the files below a folder in order, but for what is hidden or to be left out."""

    @abstractmethod
    def holds_folders(self, folder: str) -> bool:
        """Whether there are folders in a folder that may be looked into."""

    @abstractmethod
    def key(self, name: str) -> str:
        """Return one key for all names that may be those of the same file."""

    @abstractmethod
    def path_beside(self, name: str) -> str:
        """Return a path of this machine: beside a file, or where files may lie for a while."""

    @abstractmethod
    def draft(self, name: str) -> Draft:
        """Return a file that is to have a name."""

    @abstractmethod
    def put_aside(self, name: str) -> tuple[Draft, Undo] | None:
        """Take a file its name for the time being; None if nobody has it, or it is gone."""

    @abstractmethod
    def check_folder(self, name: str) -> None:
        """Raise SurroundingsError for a file in a folder that is not there."""

    @abstractmethod
    def make_folder(self, folder: str) -> None:
        """Make a folder and those above it; raise SurroundingsError."""

    @abstractmethod
    def missing_folders(self, folder: str) -> list[str]:
        """Return a folder and those above it, as far as they are not there."""

    @abstractmethod
    def remove_folder(self, folder: str) -> None:
        """Remove a folder if it is empty."""

    @abstractmethod
    def remove_stale(self, folder: str) -> None:
        """Remove what runs left unfinished in a folder that are dead for certain."""

    @abstractmethod
    def remove_temporaries_of(self, pid: int, folder: str) -> None:
        """Remove what a process that was ended here left unfinished in a folder."""
