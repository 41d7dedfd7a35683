"""Which frames of an animation, or pages of a document, are taken."""

from __future__ import annotations

import re
from dataclasses import dataclass

from updown_cli.errors import InputError, UsageError


@dataclass(frozen=True)
class Frames:
    """Frames `first` to `last`, counted from 0; one after the other, or as a volume's depth."""

    first: int = 0
    last: int | None = None
    volume: bool = False

    def of(self, count: int) -> range:
        """Return the frames of a file that has so many; raise InputError if it has not these."""
        last = count - 1 if self.last is None else self.last
        if last >= count:
            raise InputError(
                f"there is no frame {last}",
                hint=f"its frames are 0 to {count - 1}" if count > 1 else "it has frame 0 only",
                code="bad_shape",
            )
        return range(self.first, last + 1)


def check_frames(text: str) -> Frames:
    """Return what `--frames` names; raise UsageError for anything else."""
    if text in ("all", "volume"):
        return Frames(volume=text == "volume")
    match = re.fullmatch(r"(\d{1,6})(?:-(\d{1,6}))?", text)
    if not match or int(match[2] or match[1]) < int(match[1]):
        raise UsageError("must be all, volume, N or A-B, from 0", subject=f"--frames {text}")
    return Frames(int(match[1]), int(match[2] or match[1]))
