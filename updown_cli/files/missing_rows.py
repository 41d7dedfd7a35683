"""Whether Pillow fills up what is missing of a picture: in the thread that asks for it alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_INSTALLING = threading.Lock()


class _OfThisThread(threading.local):
    """Pillow's switch, true in threads that have turned it on; `otherwise` it is as it was."""

    def __init__(self, otherwise: object) -> None:
        self.on, self.otherwise = False, otherwise

    def __bool__(self) -> bool:
        return self.on or bool(self.otherwise)


@contextmanager
def take_what_there_is() -> Iterator[None]:
    """Let Pillow fill up what is missing, in this thread."""
    switch = _switch()
    switch.on = True
    try:
        yield
    finally:
        switch.on = False


def _switch() -> _OfThisThread:
    """Return Pillow's switch, which is one for the process unless it is replaced."""
    from PIL import ImageFile

    with _INSTALLING:
        found: object = ImageFile.LOAD_TRUNCATED_IMAGES
        if isinstance(found, _OfThisThread):
            return found
        switch = _OfThisThread(found)
        vars(ImageFile)["LOAD_TRUNCATED_IMAGES"] = switch  # which is typed as a bool
        return switch
