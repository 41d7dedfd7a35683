"""The files that a command line names, and that none of them is written over another."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from updown_cli.batch.inputs import STDIN
from updown_cli.errors import UsageError
from updown_cli.files.npz import split_member
from updown_cli.op.parameter import option_name
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.stores.names import replaceable, store_of

#: What an input is called in messages, where options are called by their names.
INPUT = "the input"

NEVER = "updown never writes over what it reads"


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file, and the option that names it."""

    option: str
    path: str

    def __str__(self) -> str:
        return f"{self.option} {self.path}"


def named_files(*given: tuple[str, str | None]) -> tuple[NamedFile, ...]:
    """Return the files of those options that were given and name one, not a standard stream."""
    return tuple(NamedFile(name, path) for name, path in given if path and path != STDIN)


def read_files(pipeline: Pipeline) -> list[NamedFile]:
    """Return the files that the parameters of operations name to be read."""
    return [
        NamedFile(option_name(parameter.name), file)
        for op in pipeline.ops
        for parameter in op.parameters()
        if parameter.file is not None and parameter.file.use == "read"
        for file in parameter.file.files_in(getattr(op, parameter.name))
    ]


def check_apart(writes: Iterable[NamedFile], reads: Iterable[NamedFile]) -> None:
    """Raise UsageError for two files that would be one, or one in the place of what is read."""
    inputs = dict(identities(reads))
    taken: dict[str, NamedFile] = {}
    for file in writes:
        other = taken.setdefault(folded_name(file.path), file)
        if other is not file:
            raise UsageError(f"is also {other}", subject=str(file), hint="choose another name")
        for identity, _ in identities([file]):
            if identity in inputs:
                raise over_what_is_read(file, inputs[identity])
        check_replaceable(file)


def over_what_is_read(file: NamedFile, read: NamedFile) -> UsageError:
    """Return the refusal of a file that would be written over what is read."""
    return UsageError(f"is {read}", subject=str(file), hint=NEVER)


def check_replaceable(file: NamedFile) -> None:
    """Raise UsageError for a name that a folder, a pipe or a device has."""
    if (reason := replaceable(file.path)) is not None:
        raise UsageError(reason, subject=str(file), hint="choose another name")


def identities(files: Iterable[NamedFile]) -> Iterator[tuple[Hashable, NamedFile]]:
    """Yield the identity of each file that exists, through links."""
    for file in files:
        if (identity := identity_of(file.path)) is not None:
            yield identity, file


def identity_of(path: str) -> Hashable:
    """Return what all names of one file share, through links; None if there is no such file."""
    name = split_member(path)[0]
    return store_of(name).identity(name)


def folded_name(path: str) -> str:
    """Return one key for all names that may be those of the same file."""
    return store_of(path).key(path)
