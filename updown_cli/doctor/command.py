"""A command line as a subject: it reads one file and writes another, in an empty folder."""

from __future__ import annotations

import os
import shlex
import tempfile
from typing import TYPE_CHECKING, Any

from updown_cli.doctor.process import run_program
from updown_cli.doctor.subject import Subject
from updown_cli.errors import InputError, UsageError, shortened
from updown_cli.files.picture import BY_CHANNELS, Picture
from updown_cli.files.read import read
from updown_cli.files.reading import Reading
from updown_cli.files.write import encode
from updown_cli.stores.write_error import write_error

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Where the two files are named in a command.
IN, OUT = "{in}", "{out}"

#: Formats by whether they hold transparency, and 16 bits of grey.
FORMATS = {
    "png": (True, True),
    "tif": (True, True),
    "ppm": (False, True),
    "bmp": (False, False),
    "tga": (True, False),
    "qoi": (True, False),
    "npy": (True, True),
    "jpg": (False, False),
}

#: What signals are stored as where results lose something.
WITHOUT_LOSS = {"jpg": "png"}

ARRAY, LAYOUT = "npy", "HWC"

# Letters of a command that its errors name.
LONGEST_NAME = 60


class CommandLine(Subject):
    """A command with the names of its files in braces, run once for each signal."""

    def __init__(
        self, command: str, *, file_format: str = "png", timeout: float = 60, shell: bool = False
    ) -> None:
        self.name = _short(command)
        self._command, self._shell, self._timeout = command, shell, timeout
        self._format = file_format
        self._given = WITHOUT_LOSS.get(file_format, file_format)
        self.lossy = file_format in WITHOUT_LOSS
        self._words = [] if shell else _words(command)
        self.takes_alpha, self.takes_deep = FORMATS[file_format]
        for place in (IN, OUT):
            if place not in command:
                reason = f"has no {place}"
                hint = f"write {IN} and {OUT} where the names of the two files belong"
                raise UsageError(reason, subject=self.name, hint=hint)

    def resize(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return what the command makes of a picture."""
        names = {IN: f"in.{self._given}", OUT: f"out.{self._format}"}
        try:
            with tempfile.TemporaryDirectory(prefix="updown-doctor-") as folder:
                with open(os.path.join(folder, names[IN]), "wb") as file:
                    file.write(self._encoded(pixels))
                self._run(folder, names)
                return self._read(os.path.join(folder, names[OUT]))
        except OSError as error:
            raise write_error(error, tempfile.gettempdir()) from None

    def _run(self, folder: str, names: dict[str, str]) -> None:
        words = self._command if self._shell else self._words
        filled = (
            _filled(words, names) if isinstance(words, str) else [_filled(w, names) for w in words]
        )
        run_program(filled, folder, self._timeout, self.name, shell=self._shell)

    def _encoded(self, pixels: NDArray[Any]) -> bytes:
        planes = pixels.transpose(2, 0, 1)[None]
        colour, has_alpha = BY_CHANNELS[pixels.shape[2]]
        source = Picture(planes, colour, has_alpha)
        layout = LAYOUT if self._format == ARRAY else None
        return encode(source, planes, f".{self._given}", layout)

    def _read(self, path: str) -> NDArray[Any]:
        if not os.path.lexists(path):
            raise InputError(f"wrote no {OUT}", subject=self.name)
        layout = LAYOUT if self._format == ARRAY else None
        try:
            picture = read(path, Reading(layout=layout))
        except InputError as error:
            reason = f"wrote what cannot be read: {error.reason}"
            raise InputError(reason, subject=self.name, hint=error.hint) from None
        frame: NDArray[Any] = picture.pixels[0]
        return frame.transpose(1, 2, 0)


def _words(command: str) -> list[str]:
    """Return the words of a command; those that name files here name them from everywhere."""
    try:
        words = shlex.split(command)
    except ValueError:
        raise UsageError("a quote is not closed", subject=_short(command)) from None
    if not words:
        raise UsageError("no command", hint=f"such as 'magick {IN} -resize 50% {OUT}'")
    return [
        os.path.abspath(word) if _is_file_here(word, n) else word for n, word in enumerate(words)
    ]


def _is_file_here(word: str, number: int) -> bool:
    """Whether a word names a file; a program without a folder is looked for where programs are."""
    return os.path.isfile(word) and (number > 0 or os.sep in word)


def _filled(word: str, names: dict[str, str]) -> str:
    for place, name in names.items():
        word = word.replace(place, name)
    return word


def _short(command: str) -> str:
    """Return a command in one short line."""
    line = " ".join(command.split())
    return line if len(line) <= LONGEST_NAME else shortened(line[: LONGEST_NAME - 3] + "...")
