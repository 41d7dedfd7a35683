"""Files of weights as they are written: `.safetensors` and `.npz`, the same bytes every time.

Each can hold a note beside the arrays: a text that says what made them.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError, UsageError
from updown_cli.op.array_names import ending_of_name
from updown_cli.stores.names import open_regular
from updown_cli.tensors.npz import open_archive
from updown_cli.tensors.safetensors_header import METADATA, read_metadata

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: What files of weights that are written end in.
WRITTEN = (".safetensors", ".npz")

# Under which name the note stands among what a `.safetensors` file tells of itself.
NOTE = "updown_fit"

# Bytes that a header is filled up to a multiple of, and what an archive has for a date.
ALIGNED, NO_DATE = 8, (1980, 1, 1, 0, 0, 0)

TYPES = {"float32": "F32", "float16": "F16", "float64": "F64"}


def check_weight_name(option: str, path: str) -> None:
    """Raise UsageError for a name that no written file of weights can have."""
    if ending_of_name(path) not in WRITTEN:
        raise UsageError(f"must end in {' or '.join(WRITTEN)}", subject=f"{option} {path}")


def weight_bytes(path: str, arrays: dict[str, NDArray[Any]], note: str) -> bytes:
    """Return a file of arrays in the format that its name says."""
    return (_npz if ending_of_name(path) == ".npz" else _safetensors)(arrays, note)


def _safetensors(arrays: dict[str, NDArray[Any]], note: str) -> bytes:
    import numpy as np

    header: dict[str, Any] = {METADATA: {"format": "pt", NOTE: note}}
    parts, end = [], 0
    for name, array in arrays.items():
        parts.append(np.ascontiguousarray(array).tobytes())
        start, end = end, end + len(parts[-1])
        header[name] = {
            "dtype": TYPES[array.dtype.name],
            "shape": list(array.shape),
            "data_offsets": [start, end],
        }
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % ALIGNED)
    return b"".join([struct.pack("<Q", len(text)), text, *parts])


def _npz(arrays: dict[str, NDArray[Any]], note: str) -> bytes:
    import numpy as np

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.save(member, np.ascontiguousarray(array))
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", NO_DATE), member.getvalue())
        archive.comment = note.encode()
    return file.getvalue()


def read_note(path: str) -> str | None:
    """Return the note of a file of weights; None if it has none. Raises InputError."""
    with open_regular(path) as file:
        if ending_of_name(path) == ".npz":
            with open_archive(file) as archive:
                return archive.comment.decode(errors="replace") or None
        if ending_of_name(path) != ".safetensors":
            raise InputError(f"is no {' or '.join(WRITTEN)} file", code="unsupported")
        found = read_metadata(file).get(NOTE)
        return found if isinstance(found, str) else None
