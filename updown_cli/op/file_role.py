"""What a parameter's text has to do with files: which one it names, and what is done with it."""

from __future__ import annotations

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

    @property
    def shared(self) -> bool:
        """Whether a file is read that is one for all inputs."""
        return self.use == "read" and not self.each_input

    def file_in(self, value: object) -> str | None:
        """Return the file that a value names, without its key; None where it names none."""
        if not isinstance(value, str) or not (self.always or names_file(value)):
            return None
        return split_key(value)[0] if self.keyed else value

    def with_file(self, value: str, file: str) -> str:
        """Return a value that names another file, of the same key."""
        _, key = split_key(value) if self.keyed else (value, None)
        return file if key is None else file + SEPARATOR + key


#: Weights and the like: an array file, with a key where it has several.
ARRAYS = FileRole(what="file of numbers", keyed=True)

#: Numbers that may be typed, or be in such a file.
NUMBERS_OR_ARRAYS = FileRole(what="file of numbers", keyed=True, always=False)
