"""The positions of a max pool in files: `.npz` with all that an unpool needs, or bare `.npy`."""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError
from updown_cli.op.per_axis import MOST_AXES
from updown_cli.op.pool_indices import NUMBERINGS, PoolIndices, renumber
from updown_cli.op.schema import LARGEST_WHOLE, Given, in_place, parse_json
from updown_cli.op.shape import Shape
from updown_cli.tensors.layout import default_layout, to_planes
from updown_cli.tensors.npy import open_regular, read_npy
from updown_cli.tensors.npz import entries, open_archive, read_entry, read_text, sides_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A file that unpacks to more than this many bytes is no positions of a picture.
LARGEST_UNPACKED = 1 << 33

# What is told about positions has a tenth of these letters.
LONGEST_TEXT = 4096

PARTS = ("indices", "about")


def pool_index_bytes(pool_indices: PoolIndices, numbering: str) -> bytes:
    """Return the `.npz` file of these positions, N x C x sides, counted as `numbering` does."""
    import numpy as np

    about = {
        "numbering": numbering,
        "source": list(pool_indices.source),
        "kernel_size": pool_indices.kernel_size,
        "stride": pool_indices.stride,
        "padding": pool_indices.padding,
    }
    indices = renumber(pool_indices.indices, pool_indices.source, to=numbering)
    file = io.BytesIO()
    np.savez_compressed(file, indices=indices, about=np.array(json.dumps(about)))
    return file.getvalue()


def read_pool_indices(
    path: str,
    counted_in: Callable[[], Shape],
    numbering: str,
    layout: str | None,
    dims: int,
) -> PoolIndices:
    """Return the positions that a file holds; raise InputError if it has none.

    A bare `.npy` does not tell what it counts in: `counted_in` and `numbering` do.
    """
    if not path.endswith(".npz"):
        return _bare(path, counted_in, numbering, layout, dims)
    with open_regular(path) as file, open_archive(file) as archive:
        members = entries(archive)
        if any(name not in members for name in PARTS):
            raise _no_positions()
        told = _told(_about(archive, members["about"]))
        indices = _indices(archive, members["indices"], told["source"])
    plain = renumber(indices, told["source"], given=told["numbering"])
    return PoolIndices(plain, **told)


def _bare(
    path: str, counted_in: Callable[[], Shape], numbering: str, layout: str | None, dims: int
) -> PoolIndices:
    array = read_npy(path)
    if array.dtype.kind not in "iu":
        raise InputError(f"{array.dtype.name} values are no positions", code="bad_dtype")
    planes = to_planes(array, layout or default_layout(array.ndim, dims))
    source = counted_in()
    plain = renumber(planes.astype("int64"), source, given=numbering)
    return PoolIndices(plain, source, numbering=numbering)


def _about(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Given:
    text = read_text(archive, entry, LONGEST_TEXT)
    if text is None:
        raise _no_positions()
    with in_place("about"):
        return Given(parse_json(text.encode("utf-8", "surrogatepass")), "about")


def _told(about: Given) -> dict[str, Any]:
    """Return all that a file tells beside the positions themselves."""
    source = about.member("source").entries("numbers", 2, 1 + MOST_AXES)
    padding = about.member("padding")
    return {
        "numbering": about.member("numbering").word(NUMBERINGS),
        "source": Shape(*(side.whole(1, LARGEST_WHOLE) for side in source)),
        "kernel_size": _per_axis(about.member("kernel_size"), 1),
        "stride": _per_axis(about.member("stride"), 1),
        "padding": padding.value if isinstance(padding.value, str) else _per_axis(padding, 0),
    }


def _per_axis(given: Given, least: int) -> tuple[int, ...] | None:
    if given.value is None:
        return None
    return tuple(
        each.whole(least, LARGEST_WHOLE) for each in given.entries("numbers", 1, MOST_AXES)
    )


def _indices(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, source: Shape) -> NDArray[Any]:
    if entry.file_size > LARGEST_UNPACKED:
        raise InputError("unpacks to more than 8 GiB", code="too_large")
    sides = sides_of(archive, entry)
    if len(sides) != source.dims + 2 or sides[0] * math.prod(source) > LARGEST_WHOLE:
        raise _no_positions()
    indices = read_entry(archive, entry)
    if indices.dtype.name != "int64":
        raise _no_positions()
    return indices


def _no_positions() -> InputError:
    return InputError(
        "not a file of positions", hint="use one that pool --save-indices wrote", code="corrupt"
    )
