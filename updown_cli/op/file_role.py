"""What a parameter's text has to do with files: which one it names, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from updown_cli.op.array_names import SEPARATOR, names_file, split_key


@dataclass(frozen=True, kw_only=True)
class FileRole:
    """The files that a parameter names: one for all inputs, or one for each input.

    `what` is what messages call such a file.
    """

    what: str
    #: What is done: a file is read, or written, or a folder is filled with files.
    use: Literal["read", "write", "fill"] = "read"
    #: Whether every input has one of its own, so that the text may be a folder or a template.
    each_input: bool = False
    #: What a file ends in that is named after its input; the input's own ending if not given.
    ending: str | None = None
    #: Whether every text names a file; if not, only those do that end as array files do.
    always: bool = True
    #: Whether `::KEY` may follow, which names an array within the file.
    keyed: bool = False
    #: Whether the text may be the name of what a step of the chain keeps, and of no file.
    or_kept: bool = False
    #: Names of no files. Beside one of them, between commas, there may be several files.
    words: tuple[str, ...] = ()

    @property
    def shared(self) -> bool:
        """Whether a file is read that is one for all inputs."""
        return self.use == "read" and not self.each_input

    def files_in(self, value: object) -> list[str]:
        """Return the files that a value names, without their keys."""
        parts = self._parts(value) if isinstance(value, str) else []
        return [self._split(part)[0] for part in parts if self._is_file(part)]

    def with_files(self, value: str, move: Callable[[str], str]) -> str:
        """Return a value that names other files, of the same keys."""
        return ",".join(
            self._with_file(part, move) if self._is_file(part) else part
            for part in self._parts(value)
        )

    def _parts(self, value: str) -> list[str]:
        parts = [part.strip() for part in value.split(",")]
        return parts if any(part in self.words for part in parts) else [value]

    def _is_file(self, part: str) -> bool:
        return self.always or names_file(part)

    def _split(self, part: str) -> tuple[str, str | None]:
        return split_key(part) if self.keyed else (part, None)

    def _with_file(self, part: str, move: Callable[[str], str]) -> str:
        file, key = self._split(part)
        return move(file) if key is None else move(file) + SEPARATOR + key


#: Weights and the like: an array file, with a key where it has several.
ARRAYS = FileRole(what="file of numbers", keyed=True)

#: Numbers that may be typed, or be in such a file.
NUMBERS_OR_ARRAYS = FileRole(what="file of numbers", keyed=True, always=False)
