"""Little programs that tests examine."""

from __future__ import annotations

import sys
from pathlib import Path

#: Takes every second pixel, of whatever file.
HALF = """
import sys, numpy
source, target = sys.argv[1:3]
if source.endswith('.npy'):
    numpy.save(target, numpy.load(source)[::2, ::2])
else:
    from PIL import Image
    Image.fromarray(numpy.asarray(Image.open(source))[::2, ::2]).save(target)
"""


def script(name: str, code: str) -> str:
    """Write a program into the present folder, and return the command that runs it."""
    Path(name).write_text(code)
    return f"{sys.executable} {name} {{in}} {{out}}"
